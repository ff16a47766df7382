import { requireSelf } from "../../access/require-self.ts";
import { PermissionError } from "../../errors/index.ts";
import { unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { lockLiveUser } from "../account/user.ts";
import { accountFields } from "../account/user-fields.ts";
import { lockManagedUser } from "../users/managed-user.ts";
import { requireFreeAddress } from "./free-address.ts";
import { proposeAddress } from "./propose-address.ts";
import { takeAddress } from "./take-address.ts";

/**
 * Lets a new e-mail address of a user wait beside the present one until the link is used that `requestEmailVerification` makes for
 * it: until then nobody signs in or resets a password by it. The present address takes back what waits.
 *
 * @returns the user as it is now, with `pendingEmail`
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} CONFLICT for `email` when somebody has it, or its domain is another company's
 * @see OWASP ASVS 5.0, 7.5.1
 * @example
 * const { id } = await createUser(db, { email: "old@example.org", password: "moon river dance seven", role: "user" });
 * await changeUserEmail(db, { id, email: "new@example.org" });
 * const { token } = await requestEmailVerification(db, { userId: id }); // for the mail to new@example.org
 * await verifyEmail(db, { token });
 */
export const changeUserEmail = changing({
  summary: "Give a user another e-mail address, which takes effect once it is confirmed by mail; sessions end then",
  permission: "user:write",
  fresh: true,
  input: { id: recordId(), email: accountFields.email },
  output: rowOf(users),
  run: async (tx, { id, email }, caller) => proposeAddress(tx, await lockManagedUser(tx, id, caller), email, caller),
});

/**
 * Lets a new e-mail address of the caller wait until it is confirmed, as `changeUserEmail` does.
 *
 * @returns the user as it is now, with `pendingEmail`
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED, UNAUTHENTICATED for a caller who is no user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT for `email` when somebody has it, or its domain is another company's
 * @see OWASP ASVS 5.0, 7.5.1
 * @example
 * const { id } = await createUser(db, { email: "me@example.org", password: "moon river dance seven", role: "user" });
 * await changeOwnEmail(db, { email: "me-too@example.org" }, systemCallerFor({ userId: id }));
 */
export const changeOwnEmail = changing({
  summary: "Change one's own e-mail address, which takes effect once it is confirmed by mail; sessions end then",
  permission: "account:change",
  fresh: true,
  input: { email: accountFields.email },
  output: rowOf(users),
  run: async (tx, { email }, caller) => proposeAddress(tx, await lockLiveUser(tx, requireSelf(caller)), email, caller),
});

/**
 * Gives a user another e-mail address at once, for a program or a person at the machine that vouches for it: where no mail server
 * would carry a link.
 *
 * @returns the user as it is now
 * @throws {PermissionError} PERMISSION_DENIED for any caller but the program itself
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} CONFLICT for `email` when somebody has it
 * @example
 * const { id } = await createUser(db, { email: "then@example.org", password: "moon river dance seven", role: "user" });
 * const { email } = await setUserEmail(db, { id, email: "now@example.org" });
 */
export const setUserEmail = changing({
  summary: "Give a user another e-mail address at once; sessions end",
  permission: "user:write",
  fresh: true,
  input: { id: recordId(), email: accountFields.email },
  output: rowOf(users),
  async run(tx, { id, email }, caller) {
    if (caller.role !== "system") throw new PermissionError();
    const user = await lockManagedUser(tx, id, caller);
    if (user.email === email) return unchanged(user);
    await requireFreeAddress(tx, { email, companyId: user.companyId }, caller);
    return unchanged(await takeAddress(tx, user, email, caller.actor));
  },
});
