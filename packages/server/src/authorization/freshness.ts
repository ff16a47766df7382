import type { Principal } from "../authentication/principal.ts";

/** How long a sign-in counts as fresh, in milliseconds. */
export const freshForMs = 10 * 60_000;

/**
 * Whether somebody has just proved who they are. A key proves nothing about who uses it now, so it is never fresh; nor is a
 * sign-in of the future, which a clock that was set back makes.
 */
export function isFresh(principal: Principal, now: Date): boolean {
  if (principal.kind !== "session") return false;
  const { authenticatedAt } = principal.session;
  const age = authenticatedAt === null ? Number.POSITIVE_INFINITY : now.getTime() - authenticatedAt.getTime();
  return age >= 0 && age < freshForMs;
}
