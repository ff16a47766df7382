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
