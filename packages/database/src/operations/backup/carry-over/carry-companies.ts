import { anyTable } from "../../../database/any-table.ts";
import { after, day } from "../../../database/durations.ts";
import { runQuery } from "../../../database/statement.ts";
import { higherRole } from "../../../identity/account/roles.ts";
import { demanderOf } from "../../../identity/companies/two-factor-demander.ts";
import { companies, type UserRole } from "../../../schema/core.ts";
import { columnsOf, isSameTime, readPairs } from "./both-states.ts";
import type { Carriage, KnownIds } from "./carry-accounts.ts";

interface CompanyState {
  readonly id: number;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
  readonly twoFactorDemandedAt: Date | null;
  readonly twoFactorGraceDays: number | null;
  readonly twoFactorDemandedBy: UserRole | null;
}

const properties = [
  "id",
  "createdAt",
  "deletedAt",
  "twoFactorDemandedAt",
  "twoFactorGraceDays",
  "twoFactorDemandedBy",
] as const satisfies readonly (keyof CompanyState)[];

/** What was carried over of companies, in numbers of them. */
export interface CompanyCounts {
  companiesDeleted: number;
  /** Demands of a second factor. */
  twoFactorDemands: number;
}

/**
 * Carries over which companies were deleted since the backup, and which demand a second factor of their users since, sooner, or by
 * somebody of a higher role.
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
      const demand = demandOf(now, past);
      if (isDeleted) counts.companiesDeleted += 1;
      if (demand !== null) counts.twoFactorDemands += 1;
      const deletion = isDeleted ? { deleted_at: now.deletedAt, is_active: false } : {};
      if (isDeleted || demand !== null) await write(states, now, { ...deletion, ...demand });
    }
  }
  return { known, counts };
}

/** What of a demand is carried over, as columns: the earlier day, and the higher role of those who demanded it; null for nothing. */
function demandOf(now: CompanyState, past: CompanyState): Readonly<Record<string, unknown>> | null {
  const demander = demanderOf(now);
  if (demander === null) return null;
  const former = demanderOf(past);
  const by = higherRole(demander, former);
  const isSooner = demandsSooner(now, past);
  if (!isSooner && by === former) return null;
  return {
    ...(isSooner && {
      two_factor_demanded_at: now.twoFactorDemandedAt,
      two_factor_grace_days: now.twoFactorGraceDays,
    }),
    two_factor_demanded_by: by,
  };
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
  { id }: CompanyState,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  await runQuery(restored, anyTable(restored).updateTable("companies").set(changes).where("id", "=", id));
}
