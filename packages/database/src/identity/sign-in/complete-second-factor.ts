import { z } from "zod";
import type { Handle, Transaction } from "../../database/handle.ts";
import { parseInput } from "../../validation/input.ts";
import { toLoggedEmail } from "../../security/logged-text.ts";
import { admissionFields, admit } from "./admission.ts";
import { challengeField, openChallenge } from "../attempts/challenges.ts";
import { decide, refuseThrottled } from "../attempts/decide.ts";
import { findProof } from "../attempts/find-proof.ts";
import { codeField, matchSecondFactor, spendSecondFactor } from "./second-factor.ts";
import { findChallengedAccount } from "../attempts/sign-in-account.ts";
import type { SignInResult } from "./sign-in-result.ts";

const secondFactorInput = z.strictObject({ challenge: challengeField, code: codeField, ...admissionFields });

/** What `completeSecondFactor` takes. */
export type SecondFactorRequest = z.input<typeof secondFactorInput>;

/**
 * Goes on with a sign-in that needs a second factor: a code of the authenticator app, or a backup code. Each works once.
 * Wrong codes count like wrong passwords.
 *
 * @param db the database
 * @param request `challenge` of `signIn`, good for ten minutes; `code` as typed; `ipAddress` and the device and
 *   `lockout`, as for `signIn`
 * @returns what came of it, by `status`; `wrong-credentials` also when the challenge is expired or the password has
 *   changed since
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {DatabaseError} SECRET_UNREADABLE when the keys at hand cannot read the secret
 * @see OWASP ASVS 5.0, 6.5.1, 6.6.3
 * @example
 * const result = await completeSecondFactor(db, { challenge: "none", code: "123456", ipAddress: "192.0.2.7" });
 * result.status; // "wrong-credentials"
 */
export async function completeSecondFactor(db: Handle, request: SecondFactorRequest): Promise<SignInResult> {
  const { challenge, code, ...device } = parseInput(secondFactorInput, request);
  const keys = await db.secrets();
  const opened = openChallenge(keys, { purpose: "second-factor", challenge, now: db.clock.now() });
  const account = opened === null ? null : await findChallengedAccount(db, opened);
  if (opened === null || account === null) return { status: "wrong-credentials" };

  const provedBy = await findProof(db, account.id, device);
  const attempt = {
    ...device,
    email: toLoggedEmail(account.email),
    userId: account.id,
    provedBy,
    factors: opened.factors,
  };
  const refused = await refuseThrottled(db, attempt);
  if (refused !== null) return refused;
  const match = await matchSecondFactor(db, account.id, code);
  const findFault = async (tx: Transaction) =>
    match !== null && (await spendSecondFactor(tx, account.id, match)) ? null : "wrong second factor";
  const factors = [...opened.factors, match?.kind === "totp" ? ("totp" as const) : ("backup-code" as const)];
  return decide(db, attempt, { account, findFault }, (tx, unchanged) =>
    admit(tx, { account: unchanged, factors, keys }, attempt),
  );
}
