import type { Caller } from "../../access/caller.ts";
import { PermissionError } from "../../errors/index.ts";
import type { UserRole } from "../../schema/core.ts";

/**
 * Tells whether an account of one role may give another role to somebody: super administrators give any, administrators
 * any but that of super administrator, nobody else gives one.
 *
 * @param actorRole the role of who gives
 * @param role the role that is given
 * @returns whether that is allowed
 * @example
 * mayAssignRole("admin", "super_admin"); // false
 */
export function mayAssignRole(actorRole: UserRole, role: UserRole): boolean {
  if (actorRole === "super_admin") return true;
  return actorRole === "admin" && role !== "super_admin";
}

/**
 * Makes sure that a caller may give out, or manage, a role: none above their own.
 *
 * @throws {PermissionError} PERMISSION_DENIED
 */
export function requireRank({ role: own }: Caller, role: UserRole): void {
  if (own !== "system" && !mayAssignRole(own, role)) throw new PermissionError();
}
