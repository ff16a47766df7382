import type { z } from "zod";
import type { KeyRing } from "../../cryptography/index.ts";
import type { Transaction } from "../../database/handle.ts";
import { DatabaseError } from "../../errors/index.ts";
import { logLoginAttempt, resetFailedLoginCount } from "../../security/index.ts";
import { type ChallengePurpose, fingerprintOf, hasSecondFactor, sealChallenge } from "../attempts/challenges.ts";
import type { SignInFactor } from "../../schema/sign-in-factors.ts";
import { createSession, newSessionFields } from "../sessions/create-session.ts";
import type { Attempt } from "../attempts/decide.ts";
import { proofFields } from "../attempts/find-proof.ts";
import { findStrangersEnd, lockoutField } from "../attempts/sign-in-throttle.ts";
import { rememberDevice } from "../known-devices/known-device.ts";
import { tellOfNewDevice } from "./tell-of-new-device.ts";
import type { SignInAccount } from "../attempts/sign-in-account.ts";
import type { SignInResult } from "./sign-in-result.ts";
import { findCompanyDemand, secondFactorDue } from "../account/second-factor-due.ts";
import { writeUser } from "../account/write-user.ts";

/** The device that somebody signs in on, and how many failures are too many, as fields of an input. */
export const admissionFields = { ...newSessionFields, ...proofFields, lockout: lockoutField };

interface Entrant {
  readonly account: SignInAccount;
  /** What the account was proved with. */
  readonly factors: readonly SignInFactor[];
  /** Needed where a challenge may follow. */
  readonly keys: KeyRing | undefined;
}

type Device = z.output<z.ZodObject<typeof admissionFields>> & Attempt;

/** Lets in whoever has shown everything; asks for what is still missing. */
export async function admit(tx: Transaction, entrant: Entrant, device: Device): Promise<SignInResult> {
  const { account, factors } = entrant;
  if (account.twoFactorEnabled && !hasSecondFactor(factors)) {
    return { status: "second-factor-needed", ...challenge(tx, "second-factor", entrant) };
  }
  if (account.mustChangePassword) {
    return { status: "password-change-needed", ...challenge(tx, "password-change", entrant) };
  }
  const { email, ipAddress, userAgent, deviceType, deviceName, expiresInHours, deviceToken, provedBy } = device;
  const userId = account.id;
  await resetFailedLoginCount(tx, userId);
  await tellOfNewDevice(tx, { userId, email, ipAddress, userAgent, provedBy });
  const known = await rememberDevice(tx, { userId, deviceToken, userAgent });
  const session = await createSession(tx, {
    userId,
    ipAddress,
    userAgent,
    deviceType,
    deviceName,
    expiresInHours,
    knownDeviceId: known.id,
  });
  await logLoginAttempt(tx, { email, success: true, ipAddress, userAgent, userId, provedBy, factors: [...factors] });
  const signInRefusedUntil = await findStrangersEnd(tx, email, device.lockout);
  const user = await writeUser(tx, userId, { signInRefusedUntil });
  const due = secondFactorDue(tx, { ...user, ...(await findCompanyDemand(tx, user.companyId)) });
  return { status: "signed-in", session, user, secondFactorDue: due, device: known.device };
}

function challenge(tx: Transaction, purpose: ChallengePurpose, { account, factors, keys }: Entrant) {
  if (keys === undefined) throw new DatabaseError("SECRET_UNREADABLE");
  const content = { userId: account.id, password: fingerprintOf(account.passwordHash), factors };
  return sealChallenge(keys, { purpose, content, now: tx.clock.now() });
}
