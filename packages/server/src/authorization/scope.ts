import { NotFoundError, type UserRole } from "@nerve/database";
import { type Permission, type PermissionName, type Reach, roleMatrix } from "./role-matrix.ts";

/** Whose records a request reaches. */
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

/** A record's place: whose it is. */
export interface Placed {
  readonly userId: number | null;
  readonly companyId: number | null;
}

/**
 * Finds how far a user reaches with a permission.
 * @returns null when the user's role does not have it
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

/** Whether a scope reaches a record. */
export function reaches(scope: Scope, record: Placed): boolean {
  switch (scope.kind) {
    case "all":
      return true;
    case "company":
      return record.companyId === scope.companyId;
    case "own":
      return record.userId === scope.userId;
  }
}

/** The scope as filters of a list. */
export function listFilter(scope: Scope): { companyId?: number; userId?: number } {
  switch (scope.kind) {
    case "all":
      return {};
    case "company":
      return { companyId: scope.companyId };
    case "own":
      return { userId: scope.userId };
  }
}

/**
 * The scope as the company that a record has to belong to.
 * @throws {NotFoundError} NOT_FOUND for a scope of one's own records: none of them is a company's
 */
export function companyFilter(scope: Scope): { companyId?: number } {
  if (scope.kind === "own") throw new NotFoundError();
  return scope.kind === "all" ? {} : { companyId: scope.companyId };
}
