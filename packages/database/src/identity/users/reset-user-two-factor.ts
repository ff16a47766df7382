import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { lockLiveUser } from "../account/user.ts";
import { disableTwoFactor } from "../sign-in/two-factor.ts";
import { lockManagedUser } from "./managed-user.ts";

/**
 * Takes the second factor from a user who lost it, backup codes included, so that the password alone signs in and the user can
 * enrol again. All sessions end. A user without a second factor stays as it is.
 *
 * @returns the user as it is now
 * @throws {PermissionError} PERMISSION_DENIED for an API key, and for a role above one's own
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.4.4
 * @example
 * const { id } = await createUser(db, { email: "t@example.org", password: "moon river dance seven", role: "user" });
 * const { twoFactorEnabled } = await resetUserTwoFactor(db, { id }); // false
 */
export const resetUserTwoFactor = changing({
  summary: "Take a lost second factor from a user, who can then enrol again; sessions end",
  permission: "user:write",
  fresh: true,
  input: { id: recordId() },
  output: rowOf(users),
  async run(tx, { id }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    if (!(await disableTwoFactor(tx, id, { actor: caller.actor }))) return unchanged(user);
    return changed(await lockLiveUser(tx, id), { action: "user_two_factor_reset", on: users, id });
  },
});
