import { acrossCompanies } from "../database/across-companies.ts";
import type { Transaction } from "../database/handle.ts";
import { QuotaError } from "../errors/index.ts";
import { formatBytes } from "../files/format-bytes.ts";
import { addToBound, type Holder, setBound, type StoredFor } from "./bounds.ts";
import { companyLimits, userLimits } from "./limits.ts";
import { type Usage, type UsageByState, usageOf } from "./usage.ts";

/**
 * Counts a row, after it was stored, towards the quotas of its company and its user; where one is passed, the transaction has to be
 * taken back. Two that store for the same company do so one after the other from here on.
 *
 * What is stored is added to an upper bound, which costs the same however much there is. Only where the bound would pass the quota,
 * or is not known, everything is counted: the count takes the bound's place, and decides. It comes after the storing, when the
 * company is known for certain and a row that was replaced counts no longer, and so that rows are locked before bounds everywhere.
 *
 * What is deleted gives room back at once. It lies on the disk until it is purged, though, and may take as much again: else somebody
 * could fill the disk with what they delete.
 *
 * @param bytes that the row holds
 * @throws {QuotaError} QUOTA_EXCEEDED, which says whose quota of what it is, what is used and how much may be
 */
export async function countTowardsQuotas(
  tx: Transaction,
  { userId, companyId }: StoredFor,
  bytes: number,
): Promise<void> {
  if (companyId !== null) {
    await count(tx, { whose: "company", id: companyId }, bytes, await companyLimits(tx, companyId));
  }
  if (userId !== null) await count(tx, { whose: "user", id: userId }, bytes, userLimits(tx));
}

async function count(tx: Transaction, holder: Holder, bytes: number, limits: Usage): Promise<void> {
  const bound = await addToBound(tx, holder, { rows: 1, bytes });
  if (bound !== null && findExcess(bound, holder, limits) === undefined) return;
  const exact = await countExactly(tx, holder);
  const message = findExcess(exact, holder, limits);
  if (message !== undefined) throw new QuotaError({ message });
  await setBound(tx, holder, exact);
}

/** Counts what is stored for a holder, also in companies that the transaction does not see: a user may have been in several. */
export function countExactly(tx: Transaction, { whose, id }: Holder): Promise<UsageByState> {
  return acrossCompanies(tx, (all) => usageOf(all, `${whose}_id`, id));
}

/** Tells which limit is passed; undefined where none is. */
function findExcess({ live, deleted }: UsageByState, { whose }: Holder, limits: Usage): string | undefined {
  const shown = { rows: (rows: number) => `${rows} rows`, bytes: formatBytes };
  for (const unit of ["rows", "bytes"] as const) {
    const limit = limits[unit];
    const show = shown[unit];
    if (live[unit] > limit) {
      return `This would make ${show(live[unit])} of the ${show(limit)} that the ${whose} may store.`;
    }
    if (live[unit] + deleted[unit] > 2 * limit) {
      return `With this, what the ${whose} stores and what was deleted and not purged yet would make ${show(live[unit] + deleted[unit])}, and ${show(2 * limit)} may be on the disk.`;
    }
  }
  return undefined;
}
