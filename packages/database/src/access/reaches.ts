import type { UserRole } from "../schema/core.ts";
import { type PermissionName, roleMatrix } from "./role-matrix.ts";
import { findScope, type Scope, type Subject } from "./scope.ts";

/** What somebody may do, and whose records they reach with it. */
export type Reaches = Readonly<Partial<Record<PermissionName, Scope["kind"]>>>;

const known = new Map<string, Reaches>();

function makeReaches(subject: Subject): Reaches {
  const names = Object.keys(roleMatrix) as PermissionName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const scope = findScope(subject, name);
      return scope === null ? [] : [[name, scope.kind]];
    }),
  );
}

/**
 * Finds everything that a user's role allows. There is one answer for each role with a company and one without: it is made when
 * it is first asked for.
 *
 * @param subject the user
 * @returns each permission that the role has, with how far it reaches
 * @example
 * findReaches({ role: "analyst", companyId: 1 })["scan:read"]; // "company"
 */
export function findReaches({ role, companyId }: { role: UserRole; companyId: number | null }): Reaches {
  const key = `${role} ${companyId === null ? "alone" : "in a company"}`;
  const made = known.get(key) ?? makeReaches({ id: 0, role, companyId });
  known.set(key, made);
  return made;
}
