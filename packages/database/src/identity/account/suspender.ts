import type { Caller } from "../../access/caller.ts";
import type { UserRole, UserStatus } from "../../schema/core.ts";
import { requireRank } from "./roles.ts";

/** What says who suspended an account. */
export interface Suspension {
  readonly status: UserStatus;
  readonly suspendedBy: UserRole | null;
}

/**
 * The highest role that suspended an account; null where it is not suspended. A suspension that names nobody, as an older NERVE or the
 * Python system leaves it, counts as an administrator's: suspending is their daily work, and as a super administrator's each old one
 * would be out of the reach of those who made it.
 */
export function suspenderOf({ status, suspendedBy }: Suspension): UserRole | null {
  return status === "suspended" ? (suspendedBy ?? "admin") : null;
}

/**
 * Makes sure that a caller may reinstate an account: one that nobody of a higher role suspended.
 *
 * @throws {PermissionError} PERMISSION_DENIED, which says whose it is
 */
export function requireSuspenderRank(caller: Caller, suspender: UserRole): void {
  requireRank(caller, suspender, {
    message: `The account was suspended by a ${suspender}: nobody of a lower role reinstates it.`,
    help: `Ask a ${suspender}.`,
  });
}
