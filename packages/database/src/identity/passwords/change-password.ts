import { z } from "zod";
import { verifyPassword } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { type DatabaseError, NotFoundError, PermissionError, ValidationError } from "../../errors/index.ts";
import { toLoggedEmail } from "../../security/logged-text.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { revokeAllUserApiKeys } from "../api-keys/revoke-api-key.ts";
import { attemptFields, decide, type Refusal, refuseThrottled } from "../attempts/decide.ts";
import { findProof } from "../attempts/find-proof.ts";
import { hashNewPassword, newPasswordFields } from "./new-password.ts";
import { replacePassword } from "./replace-password.ts";
import { findAccountById } from "../attempts/sign-in-account.ts";
import { passwordField } from "../account/user-fields.ts";

const changeInput = z.strictObject({
  currentPassword: passwordField,
  ...newPasswordFields,
  ...attemptFields,
  exceptToken: z.string().optional(),
  revokeKeys: z.boolean().default(false),
});

/** What `changePassword` takes. */
export type PasswordChange = z.input<typeof changeInput>;

/**
 * Lets users change their own password. The other sessions of the user end.
 *
 * Wrong guesses at the current password count like failed sign-ins, so that a stolen session does not help to find it.
 * Begin no transaction around it: checking a password takes its time.
 *
 * @param db the database
 * @param userId the user
 * @param change `currentPassword`, `newPassword` and `ipAddress`; `userAgent`; `exceptToken`: token of the session that
 *   goes on; `revokeKeys` (default false): whether the user's API keys end as well; `passwordDemands` (`minLength`, `isBreached` of the policy); `historyLength`: former passwords that may not
 *   come back (0 to 24, default 5); `lockout`, as for `signIn`
 * @throws {ValidationError} INVALID_INPUT with the field at fault; `currentPassword` when it is not right
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {PermissionError} PERMISSION_DENIED after too many wrong guesses, or when the user may not act
 * @see OWASP ASVS 5.0, 6.2.2, 6.2.3, 7.4.3
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await changePassword(db, user.id, {
 *   currentPassword: "moon river dance seven",
 *   newPassword: "violet harbour wakes early",
 *   ipAddress: "192.0.2.7",
 * });
 */
export async function changePassword(db: Handle, userId: number, change: PasswordChange): Promise<void> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { currentPassword, exceptToken, revokeKeys, ...rest } = parseInput(changeInput, change);
  const account = await findAccountById(db, id);
  if (account === null) throw new NotFoundError();
  const provedBy = await findProof(db, id, { sessionToken: exceptToken });
  const attempt = { ...rest, email: toLoggedEmail(account.email), userId: id, provedBy };
  const refused = await refuseThrottled(db, attempt);
  if (refused !== null) throw toError(refused);

  const isRight = await verifyPassword(currentPassword, account.passwordHash);
  const newHash = isRight ? await hashNewPassword(db, id, rest) : "";
  const findFault = () => Promise.resolve(isRight ? null : "wrong current password");
  const actor = { userId: id, ipAddress: rest.ipAddress, userAgent: rest.userAgent };
  const outcome = await decide(db, attempt, { account, findFault }, async (tx) => {
    const isReplaced = await replacePassword(tx, {
      userId: id,
      oldHash: account.passwordHash,
      newHash,
      historyLength: rest.historyLength,
      exceptToken,
      actor,
      description: "The user changed their password.",
    });
    if (isReplaced && revokeKeys) await revokeAllUserApiKeys(tx, id, { actor });
    return isReplaced;
  });
  if (outcome !== true) throw outcome === false ? wrongPassword() : toError(outcome);
}

function wrongPassword(): DatabaseError {
  return new ValidationError([{ field: "currentPassword", message: "is not right" }]);
}

function toError(refusal: Refusal): DatabaseError {
  if (refusal.status === "wrong-credentials") return wrongPassword();
  const isLocked = refusal.status === "locked";
  return new PermissionError({
    message: isLocked ? "Too many wrong passwords; try again later." : "This account may not change its password.",
  });
}
