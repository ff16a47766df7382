import { anyTable } from "../../../database/any-table.ts";
import { after, day } from "../../../database/durations.ts";
import { runQuery } from "../../../database/statement.ts";
import { companies } from "../../../schema/core.ts";
import { columnsOf, isSameTime, readPairs } from "./both-states.ts";
import type { Carriage, KnownIds } from "./carry-accounts.ts";

interface CompanyState {
  readonly id: number;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
  readonly twoFactorDemandedAt: Date | null;
  readonly twoFactorGraceDays: number | null;
}

const properties = [
  "id",
  "createdAt",
  "deletedAt",
  "twoFactorDemandedAt",
  "twoFactorGraceDays",
] as const satisfies readonly (keyof CompanyState)[];

/** What was carried over of companies, in numbers of them. */
export interface CompanyCounts {
  companiesDeleted: number;
  /** Demands of a second factor. */
  twoFactorDemands: number;
}

/**
 * Carries over which companies were deleted since the backup, and which demand a second factor of their users since, or sooner.
 *
 * @returns the companies that both states know, and how many of them were changed in which way
 */
export async function carryCompanies(states: Carriage): Promise<{ known: KnownIds; counts: CompanyCounts }> {
  const known = new Set<number>();
  const counts = { companiesDeleted: 0, twoFactorDemands: 0 };
  for await (const pairs of readPairs(states, companies, columnsOf(companies, properties))) {
    for (const { now, past } of pairs as unknown as { now: CompanyState; past: CompanyState | null }[]) {
      if (past === null || !isSameTime(now.createdAt, past.createdAt)) continue;
      known.add(now.id);
      const isDeleted = now.deletedAt !== null && past.deletedAt === null;
      const isDemanded = demandsSooner(now, past);
      if (isDeleted) counts.companiesDeleted += 1;
      if (isDemanded) counts.twoFactorDemands += 1;
      if (isDeleted || isDemanded) await write(states, now, { isDeleted, isDemanded });
    }
  }
  return { known, counts };
}

/** Whether a second factor has to be there sooner than in the backup's state. */
function demandsSooner(now: CompanyState, past: CompanyState): boolean {
  const due = dueOf(now);
  const former = dueOf(past);
  return due !== null && (former === null || due < former);
}

function dueOf({ twoFactorDemandedAt: since, twoFactorGraceDays: days }: CompanyState): Date | null {
  return since === null ? null : after(since, (days ?? 0) * day);
}

async function write(
  { restored }: Carriage,
  now: CompanyState,
  { isDeleted, isDemanded }: { isDeleted: boolean; isDemanded: boolean },
): Promise<void> {
  const { deletedAt, twoFactorDemandedAt, twoFactorGraceDays } = now;
  const change = anyTable(restored)
    .updateTable("companies")
    .set({
      ...(isDeleted && { deleted_at: deletedAt, is_active: false }),
      ...(isDemanded && { two_factor_demanded_at: twoFactorDemandedAt, two_factor_grace_days: twoFactorGraceDays }),
    })
    .where("id", "=", now.id);
  await runQuery(restored, change);
}
