import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { ConflictError, NotFoundError } from "../../errors/index.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { passwordField } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";
import { revokeAllUserApiKeys } from "../api-keys/revoke-api-key.ts";
import { hashAcceptedPassword } from "../passwords/accepted-password.ts";
import { newPasswordFields } from "../passwords/new-password.ts";
import { replacePassword } from "../passwords/replace-password.ts";
import { lockManagedUser, requireManagedUser } from "./managed-user.ts";

const historyLength = newPasswordFields.historyLength.parse(undefined);

const findHash = statement((sql, p: { id: number }) =>
  sql.selectFrom("users").select("password_hash").where("id", "=", p.id),
);

async function hashOf(tx: Transaction, id: number): Promise<string> {
  const found = await findHash.first(tx, { id });
  if (found === null) throw new NotFoundError();
  return found.passwordHash;
}

/**
 * Gives a user a password that somebody else chose, to be changed at the next sign-in. All sessions end, and all API keys are
 * revoked.
 *
 * @returns the user as it is now
 * @throws {PermissionError} PERMISSION_DENIED for an API key, and for a role above one's own
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault; `password` when the policy refuses it
 * @see OWASP ASVS 5.0, 6.4.1
 * @example
 * const { id } = await createUser(db, { email: "s@example.org", password: "moon river dance seven", role: "user" });
 * await setUserPassword(db, { id, password: "violet harbour wakes early" });
 */
export const setUserPassword = changing({
  summary: "Give a user a password, to be changed at the next sign-in; sessions end, API keys are revoked",
  permission: "user:write",
  fresh: true,
  input: { id: recordId(), password: passwordField },
  output: rowOf(users),
  async prepare(db, { id, password }, caller) {
    const { email, fullName, username } = await requireManagedUser(db, id, caller);
    // It is not compared with the former ones: that would tell whoever sets it what they are.
    return hashAcceptedPassword(db, { password, demands: {}, contextWords: [email, fullName, username] });
  },
  async run(tx, { id }, caller, newHash) {
    await lockManagedUser(tx, id, caller);
    const { actor } = caller;
    const replacement = { userId: id, oldHash: await hashOf(tx, id), newHash, historyLength, actor };
    const description = "An administrator set a password.";
    if (!(await replacePassword(tx, { ...replacement, description }))) throw new ConflictError();
    await revokeAllUserApiKeys(tx, id, { actor });
    return changed(await writeUser(tx, id, { mustChangePassword: true }), {
      action: "user_password_set",
      on: users,
      id,
    });
  },
});
