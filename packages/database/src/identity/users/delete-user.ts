import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { releaseSurface } from "../../surface/triage/release-surface.ts";
import { writeUser } from "../account/write-user.ts";
import { requireSeat } from "../companies/seats.ts";
import { endAccess } from "./end-access.ts";
import { endResetLinks } from "../passwords/reset-links.ts";
import { lockManagedUser, lockManagedUserEvenDeleted } from "./managed-user.ts";
import { requireOtherSuperAdministrator } from "./super-administrators.ts";

/**
 * Deletes a user softly: invisible and unable to sign in from now on, with the seat free, but able to be restored. All
 * sessions end, all API keys are revoked, links that were mailed no longer work, and no finding is
 * assigned to them. The e-mail address and the username stay taken.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted already
 * @throws {ConflictError} LAST_ADMINISTRATOR when no other super administrator could act
 * @see OWASP ASVS 5.0, 7.4.2
 * @example
 * const { id } = await createUser(db, { email: "d@example.org", password: "moon river dance seven", role: "user" });
 * await deleteUser(db, { id });
 */
export const deleteUser = changing({
  summary: "Delete a user; can be restored",
  permission: "user:write",
  input: { id: recordId() },
  output: rowOf(users),
  async run(tx, { id }, caller) {
    await requireOtherSuperAdministrator(tx, await lockManagedUser(tx, id, caller));
    const deleted = await writeUser(tx, id, {
      deletedAt: tx.clock.now(),
      isActive: false,
      emailVerificationToken: null,
      emailVerificationExpires: null,
      passwordResetToken: null,
      passwordResetExpires: null,
    });
    await releaseSurface(tx, deleted, caller.actor);
    await endResetLinks(tx, id);
    const ended = await endAccess(tx, id, caller.actor);
    return changed(deleted, { action: "user_deleted", on: users, id, metadata: { ...ended } });
  },
});

/**
 * Brings a deleted user back, as it was: a suspended one is still suspended. Sessions, API keys and assignments do
 * not come back. A user who is not deleted stays as it is.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none
 * @throws {ConflictError} SEATS_EXHAUSTED when the company has no free seat; REFERENCE_VIOLATION when it is deleted
 * @example
 * const { id } = await createUser(db, { email: "b@example.org", password: "moon river dance seven", role: "user" });
 * await deleteUser(db, { id });
 * await restoreUser(db, { id });
 */
export const restoreUser = changing({
  summary: "Restore a deleted user",
  permission: "user:write",
  fresh: true,
  input: { id: recordId() },
  output: rowOf(users),
  async run(tx, { id }, caller) {
    const user = await lockManagedUserEvenDeleted(tx, id, caller);
    if (user.deletedAt === null) return unchanged(user);
    if (user.companyId !== null) await requireSeat(tx, user.companyId, user.role);
    const restored = await writeUser(tx, id, { deletedAt: null, isActive: true });
    return changed(restored, { action: "user_restored", on: users, id });
  },
});
