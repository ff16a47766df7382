import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { accountFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";
import { requireFreeAddress } from "./free-address.ts";
import { endResetLinks } from "../passwords/reset-links.ts";
import { lockManagedUser } from "./managed-user.ts";

/**
 * Gives a user another e-mail address, which is then to be verified. Links that were mailed to the former one no longer
 * work.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} CONFLICT for `email` when somebody has it, or its domain is another company's
 * @example
 * const { id } = await createUser(db, { email: "old@example.org", password: "moon river dance seven", role: "user" });
 * await changeUserEmail(db, { id, email: "new@example.org" });
 */
export const changeUserEmail = changing({
  summary: "Give a user another e-mail address, to be confirmed by mail",
  permission: "user:write",
  fresh: true,
  input: { id: recordId(), email: accountFields.email },
  output: rowOf(users),
  async run(tx, { id, email }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    if (user.email === email) return unchanged(user);
    await requireFreeAddress(tx, { email, companyId: user.companyId }, caller);
    const renamed = await writeUser(tx, id, {
      email,
      emailVerified: false,
      emailVerifiedAt: null,
      emailVerificationToken: null,
      emailVerificationExpires: null,
      passwordResetToken: null,
      passwordResetExpires: null,
    });
    await endResetLinks(tx, id);
    return changed(renamed, { action: "user_email_changed", on: users, id });
  },
});
