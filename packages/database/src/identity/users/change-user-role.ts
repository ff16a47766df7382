import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users, type UserRole } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { releaseSurface } from "../../surface/triage/release-surface.ts";
import { requireAccountEnd } from "../account/account-end.ts";
import { findCompanyDemand } from "../account/second-factor-due.ts";
import { tellOfDemand } from "../account/tell-of-demand.ts";
import type { User } from "../account/user.ts";
import { accountFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";
import { requireSeat, takesSeat } from "../companies/seats.ts";
import { requireRank } from "../account/roles.ts";
import { lockManagedUser } from "./managed-user.ts";
import { requireOtherSuperAdministrator } from "./super-administrators.ts";

/** When the account ends from now on: unless told, a demonstration that becomes another account no longer ends. */
function endOf(user: User, role: UserRole, expiresAt: Date | null | undefined): Date | null {
  if (expiresAt !== undefined) return expiresAt;
  return user.role === "demo" && role !== "demo" ? null : user.expiresAt;
}

/**
 * Gives a user another role, or another end. Sessions go on, with the rights of the new role from the next request on.
 *
 * An account that becomes a `demo` needs an end; one that is no longer a `demo` has none unless told.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} LAST_ADMINISTRATOR when no other super administrator could act; SEATS_EXHAUSTED when a `demo`
 *   that becomes something else finds no free seat
 * @example
 * const { id } = await createUser(db, { email: "q@example.org", password: "moon river dance seven", role: "user" });
 * await changeUserRole(db, { id, role: "analyst" });
 */
export const changeUserRole = changing({
  summary: "Give a user another role, none above one's own",
  permission: "user:write",
  fresh: true,
  input: {
    id: recordId(),
    role: accountFields.role,
    expiresAt: accountFields.expiresAt
      .optional()
      .meta({ description: "When the account ends; demo accounts need it." }),
  },
  output: rowOf(users),
  async run(tx, { id, role, expiresAt: end }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    requireRank(caller, role);
    const expiresAt = endOf(user, role, end);
    if (user.role === role && user.expiresAt?.getTime() === expiresAt?.getTime()) return unchanged(user);
    requireAccountEnd(role, expiresAt, tx.clock.now());
    if (role !== "super_admin" || expiresAt !== null) await requireOtherSuperAdministrator(tx, user);
    if (user.companyId !== null && takesSeat(role) && !takesSeat(user.role)) {
      await requireSeat(tx, user.companyId, role);
    }
    const promoted = await writeUser(tx, id, { role, expiresAt });
    await releaseSurface(tx, promoted, caller.actor);
    const demand = await findCompanyDemand(tx, user.companyId);
    const [before, after] = [
      { ...user, ...demand },
      { ...promoted, ...demand },
    ];
    await tellOfDemand(tx, { userId: id, before, after, actor: caller.actor });
    const metadata = { from: user.role, to: role, expiresAt: expiresAt?.toISOString() ?? null };
    return changed(promoted, { action: "user_role_changed", on: users, id, metadata });
  },
});
