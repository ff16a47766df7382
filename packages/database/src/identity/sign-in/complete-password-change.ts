import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { ConflictError } from "../../errors/index.ts";
import { toLoggedEmail } from "../../security/logged-text.ts";
import { parseInput } from "../../validation/input.ts";
import { admissionFields, admit } from "./admission.ts";
import { challengeField, hasSecondFactor, openChallenge } from "../attempts/challenges.ts";
import { decide } from "../attempts/decide.ts";
import { findProof } from "../attempts/find-proof.ts";
import { hashNewPassword, newPasswordFields } from "../passwords/new-password.ts";
import { replacePassword } from "../passwords/replace-password.ts";
import { findChallengedAccount } from "../attempts/sign-in-account.ts";
import type { SignInResult } from "./sign-in-result.ts";

const completeInput = z.strictObject({ challenge: challengeField, ...newPasswordFields, ...admissionFields });

/** What `completePasswordChange` takes. */
export type ForcedPasswordChange = z.input<typeof completeInput>;

/**
 * Goes on with a sign-in that needs a new password. All other sessions of the user end.
 *
 * @param db the database
 * @param request `challenge` of `signIn` or `completeSecondFactor`, good for ten minutes and one new password;
 *   `newPassword`; `passwordDemands` and `historyLength`, as for `changePassword`; `ipAddress` and the device, as for
 *   `signIn`
 * @returns what came of it, by `status`; `wrong-credentials` when the challenge is expired or used
 * @throws {ValidationError} INVALID_INPUT with the field at fault; the challenge can then be used again
 * @see OWASP ASVS 5.0, 6.4.1
 * @example
 * const result = await completePasswordChange(db, {
 *   challenge: "none",
 *   newPassword: "violet harbour wakes early",
 *   ipAddress: "192.0.2.7",
 * });
 * result.status; // "wrong-credentials"
 */
export async function completePasswordChange(db: Handle, request: ForcedPasswordChange): Promise<SignInResult> {
  const { challenge, ...rest } = parseInput(completeInput, request);
  const keys = await db.secrets();
  const opened = openChallenge(keys, { purpose: "password-change", challenge, now: db.clock.now() });
  const account = opened === null ? null : await findChallengedAccount(db, opened);
  // Two-factor sign-in that was switched on meanwhile is not skipped: that sign-in begins anew.
  if (opened === null || account === null || (account.twoFactorEnabled && !hasSecondFactor(opened.factors))) {
    return { status: "wrong-credentials" };
  }
  const userId = account.id;
  const newHash = await hashNewPassword(db, userId, rest);
  const provedBy = await findProof(db, userId, rest);
  const attempt = { ...rest, email: toLoggedEmail(account.email), userId, provedBy, factors: opened.factors };
  return decide(db, attempt, { account, findFault: findNone }, async (tx, unchanged) => {
    const isReplaced = await replacePassword(tx, {
      userId,
      oldHash: unchanged.passwordHash,
      newHash,
      historyLength: rest.historyLength,
      actor: { userId, ipAddress: rest.ipAddress, userAgent: rest.userAgent },
      description: "The user chose a new password at sign-in, as was asked of them.",
    });
    if (!isReplaced) throw new ConflictError();
    const changed = { ...unchanged, passwordHash: newHash, mustChangePassword: false };
    return admit(tx, { account: changed, factors: opened.factors, keys }, attempt);
  });
}

/** The challenge is proof enough. */
function findNone(): Promise<null> {
  return Promise.resolve(null);
}
