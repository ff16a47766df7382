import type { Caller } from "../../access/caller.ts";
import type { UserRole } from "../../schema/core.ts";
import { requireRank } from "../account/roles.ts";
import type { Company } from "./company.ts";

type Demand = Pick<Company, "twoFactorDemandedAt" | "twoFactorDemandedBy">;

/**
 * The highest role that demands a company's second factor; null where nobody does. A demand that names nobody was made by a NERVE
 * that did not write that down, and counts as a super administrator's: it must not be anybody's to take back.
 */
export function demanderOf({ twoFactorDemandedAt: since, twoFactorDemandedBy: by }: Demand): UserRole | null {
  return since === null ? null : (by ?? "super_admin");
}

/**
 * Makes sure that a caller may waive a demand, or make it less strict: one that was made by nobody of a higher role.
 *
 * @throws {PermissionError} PERMISSION_DENIED, which says whose it is
 */
export function requireDemanderRank(caller: Caller, demander: UserRole): void {
  requireRank(caller, demander, {
    message: `The second factor was demanded by a ${demander}: nobody of a lower role waives it, or gives more days.`,
    help: `Ask a ${demander}.`,
  });
}
