import type { UserRole } from "../schema/core.ts";
import { type Permission, type PermissionName, type Reach, roleMatrix } from "./role-matrix.ts";

/** Whose records somebody reaches: everybody's, those of one company, or their own. */
export type Scope =
  | { readonly kind: "all" }
  | { readonly kind: "company"; readonly companyId: number }
  | { readonly kind: "own"; readonly userId: number };

/** What the role matrix needs to know of a user. */
export interface Subject {
  readonly id: number;
  readonly role: UserRole;
  readonly companyId: number | null;
}

/**
 * Finds how far a user reaches with a permission.
 *
 * @param subject the user
 * @param permission a line of the role matrix
 * @returns null when the user's role does not have it
 * @example
 * const scope = findScope({ id: 7, role: "analyst", companyId: 1 }, "scan:read"); // company 1
 */
export function findScope(subject: Subject, permission: PermissionName): Scope | null {
  const { roles }: Permission = roleMatrix[permission];
  const reach = roles[subject.role];
  return reach === undefined ? null : scopeOf(subject, reach);
}

function scopeOf({ id, role, companyId }: Subject, reach: Reach): Scope | null {
  switch (reach) {
    case "all":
      return { kind: "all" };
    case "own":
      return { kind: "own", userId: id };
    case "all-without-company":
      return companyId === null ? { kind: "all" } : null;
    case "company":
      if (companyId !== null) return { kind: "company", companyId };
      return role === "admin" ? { kind: "all" } : { kind: "own", userId: id };
  }
}
