import { z } from "zod";
import { actorField } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import type { UserRole } from "../../schema/core.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { requireAccountEnd } from "../account/account-end.ts";
import { requireSeat, takesSeat } from "../companies/seats.ts";
import { requireOtherSuperAdministrator } from "./super-administrators.ts";
import { lockLiveUser, type User } from "../account/user.ts";
import { accountFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";

const roleInput = z.strictObject({
  role: accountFields.role,
  expiresAt: accountFields.expiresAt.optional(),
  actor: actorField,
});

/** How `changeUserRole` changes a role. */
export type RoleChange = z.input<typeof roleInput>;

/** When the account ends from now on: unless told, a demonstration that becomes another account no longer ends. */
function endOf(user: User, role: UserRole, expiresAt: Date | null | undefined): Date | null {
  if (expiresAt !== undefined) return expiresAt;
  return user.role === "demo" && role !== "demo" ? null : user.expiresAt;
}

/**
 * Gives a user another role, or another end. Sessions go on, with the rights of the new role from the next request on.
 *
 * Whether the actor may give the role is for the caller to decide: see `mayAssignRole`.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `role`; `expiresAt`, when the account ends (required when it becomes a `demo`; null for never; unless
 *   given it stays, but a `demo` that becomes something else no longer ends); `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} LAST_ADMINISTRATOR when no other super administrator could act; SEATS_EXHAUSTED when a `demo`
 *   that becomes something else finds no free seat
 * @example
 * const { id } = await createUser(db, { email: "q@example.org", password: "moon river dance seven", role: "user" });
 * await changeUserRole(db, id, { role: "analyst" });
 */
export async function changeUserRole(db: Handle, userId: number, options: RoleChange): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { role, actor, ...given } = parseInput(roleInput, options);
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, id);
    const expiresAt = endOf(user, role, given.expiresAt);
    if (user.role === role && user.expiresAt?.getTime() === expiresAt?.getTime()) return user;
    requireAccountEnd(role, expiresAt, tx.clock.now());
    if (role !== "super_admin" || expiresAt !== null) await requireOtherSuperAdministrator(tx, user);
    if (user.companyId !== null && takesSeat(role) && !takesSeat(user.role)) {
      await requireSeat(tx, user.companyId, role);
    }
    const changed = await writeUser(tx, id, { role, expiresAt });
    await logAudit(tx, {
      action: "user_role_changed",
      resourceType: "users",
      resourceId: id,
      metadata: { from: user.role, to: role, expiresAt: expiresAt?.toISOString() ?? null },
      actor,
    });
    return changed;
  });
}
