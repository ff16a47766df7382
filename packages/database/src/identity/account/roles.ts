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

/** The higher of two roles that decided the same; null for one that did not. */
export function higherRole(one: UserRole, other: UserRole | null): UserRole {
  return other === null || mayAssignRole(one, other) ? one : other;
}

/** The role that a caller counts as: the program itself is no lower than anybody. */
export function rankOf({ role }: Caller): UserRole {
  return role === "system" ? "super_admin" : role;
}

/**
 * Makes sure that a caller may give out, or manage, a role: none above their own.
 *
 * @param refusal what a refusal says, where the general words would not do
 * @throws {PermissionError} PERMISSION_DENIED
 */
export function requireRank(caller: Caller, role: UserRole, refusal?: { message: string; help: string }): void {
  if (!mayAssignRole(rankOf(caller), role)) throw new PermissionError(refusal);
}
