import { type ActorOption, actorOption } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { endAccess } from "./end-access.ts";
import { requireSeat } from "../companies/seats.ts";
import { requireOtherSuperAdministrator } from "./super-administrators.ts";
import { lockLiveUser, lockUser, type User } from "../account/user.ts";
import { writeUser } from "../account/write-user.ts";

/**
 * Deletes a user softly: invisible and unable to sign in from now on, with the seat free, but able to be restored. All
 * sessions end, all API keys are revoked, and links that were mailed no longer work. The e-mail address and the username
 * stay taken.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted already
 * @throws {ConflictError} LAST_ADMINISTRATOR when no other super administrator could act
 * @see OWASP ASVS 5.0, 7.4.2
 * @example
 * const { id } = await createUser(db, { email: "d@example.org", password: "moon river dance seven", role: "user" });
 * await deleteUser(db, id);
 */
export async function deleteUser(db: Handle, userId: number, options: ActorOption = {}): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    await requireOtherSuperAdministrator(tx, await lockLiveUser(tx, id));
    const deleted = await writeUser(tx, id, {
      deletedAt: tx.clock.now(),
      isActive: false,
      emailVerificationToken: null,
      emailVerificationExpires: null,
      passwordResetToken: null,
      passwordResetExpires: null,
    });
    const ended = await endAccess(tx, id, actor);
    await logAudit(tx, {
      action: "user_deleted",
      resourceType: "users",
      resourceId: id,
      metadata: { ...ended },
      actor,
    });
    return deleted;
  });
}

/**
 * Brings a deleted user back, as it was: a suspended one is still suspended. Sessions and API keys do not come back. A
 * user who is not deleted stays as it is.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none
 * @throws {ConflictError} SEATS_EXHAUSTED when the company has no free seat; REFERENCE_VIOLATION when it is deleted
 * @example
 * const { id } = await createUser(db, { email: "b@example.org", password: "moon river dance seven", role: "user" });
 * await deleteUser(db, id);
 * await restoreUser(db, id);
 */
export async function restoreUser(db: Handle, userId: number, options: ActorOption = {}): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const user = await lockUser(tx, id);
    if (user.deletedAt === null) return user;
    if (user.companyId !== null) await requireSeat(tx, user.companyId, user.role);
    const restored = await writeUser(tx, id, { deletedAt: null, isActive: true });
    await logAudit(tx, { action: "user_restored", resourceType: "users", resourceId: id, actor });
    return restored;
  });
}
