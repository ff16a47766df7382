import type { z } from "zod";
import type { KeyRing } from "../../cryptography/index.ts";
import type { Transaction } from "../../database/handle.ts";
import { DatabaseError, NotFoundError } from "../../errors/index.ts";
import { logLoginAttempt, resetFailedLoginCount } from "../../security/index.ts";
import { type ChallengePurpose, fingerprintOf, sealChallenge } from "../attempts/challenges.ts";
import { createSession, newSessionFields } from "../sessions/create-session.ts";
import { lockoutField } from "../attempts/sign-in-throttle.ts";
import type { SignInAccount } from "../attempts/sign-in-account.ts";
import type { SignInResult } from "./sign-in-result.ts";
import { findUserRow } from "../account/user.ts";

/** The device that somebody signs in on, and how many failures are too many, as fields of an input. */
export const admissionFields = { ...newSessionFields, lockout: lockoutField };

interface Entrant {
  readonly account: SignInAccount;
  /** What the account was proved with besides the password. */
  readonly secondFactor: boolean;
  /** Needed where a challenge may follow. */
  readonly keys: KeyRing | undefined;
}

type Device = z.output<z.ZodObject<typeof newSessionFields>> & { readonly email: string };

/** Lets in whoever has shown everything; asks for what is still missing. */
export async function admit(tx: Transaction, entrant: Entrant, device: Device): Promise<SignInResult> {
  const { account, secondFactor } = entrant;
  if (account.twoFactorEnabled && !secondFactor) {
    return { status: "second-factor-needed", ...challenge(tx, "second-factor", entrant) };
  }
  if (account.mustChangePassword) {
    return { status: "password-change-needed", ...challenge(tx, "password-change", entrant) };
  }
  const { email, ipAddress, userAgent, deviceType, deviceName, expiresInHours } = device;
  const userId = account.id;
  await resetFailedLoginCount(tx, userId);
  const session = await createSession(tx, {
    userId,
    ipAddress,
    userAgent,
    deviceType,
    deviceName,
    expiresInHours,
  });
  await logLoginAttempt(tx, { email, success: true, ipAddress, userAgent, userId });
  const user = await findUserRow(tx, userId);
  if (user === null) throw new NotFoundError();
  return { status: "signed-in", session, user };
}

function challenge(tx: Transaction, purpose: ChallengePurpose, { account, secondFactor, keys }: Entrant) {
  if (keys === undefined) throw new DatabaseError("SECRET_UNREADABLE");
  const content = { userId: account.id, password: fingerprintOf(account.passwordHash), secondFactor };
  return sealChallenge(keys, { purpose, content, now: tx.clock.now() });
}
