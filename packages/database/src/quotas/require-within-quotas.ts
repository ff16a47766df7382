import type { Handle, Transaction } from "../database/handle.ts";
import { holdName } from "../database/hold.ts";
import { statement } from "../database/statement.ts";
import { QuotaError } from "../errors/index.ts";
import { formatBytes } from "../files/format-bytes.ts";
import { usageOf, type Usage } from "./usage.ts";

const mebibyte = 1_048_576;

/** For whom something was stored. */
export interface StoredFor {
  readonly userId: number | null;
  readonly companyId: number | null;
}

interface Quota {
  readonly whose: "user" | "company";
  readonly id: number;
  readonly limits: Usage;
}

const findCompany = statement((sql, p: { id: number }) =>
  sql.selectFrom("companies").select(["max_stored_rows", "max_stored_mib"]).where("id", "=", p.id),
);

/** What a company may store: what was agreed with it, else what the installation allows. */
export async function companyLimits(db: Handle, id: number): Promise<Usage> {
  const { rowsPerCompany, mibPerCompany } = db.quotas;
  const own = await findCompany.first(db, { id });
  return { rows: own?.maxStoredRows ?? rowsPerCompany, bytes: (own?.maxStoredMib ?? mibPerCompany) * mebibyte };
}

/** What one user may store. */
export function userLimits({ quotas }: Pick<Handle, "quotas">): Usage {
  return { rows: quotas.rowsPerUser, bytes: quotas.mibPerUser * mebibyte };
}

/**
 * Makes sure, after something was stored, that the quotas of its user and its company are not passed; else the transaction has to
 * be taken back. Two that store at once do so one after the other from here on.
 *
 * What is deleted gives room back at once. It lies on the disk until it is purged, though, and may take as much again: else somebody
 * could fill the disk with what they delete.
 *
 * @throws {QuotaError} QUOTA_EXCEEDED, which says whose quota of what it is, what is used and how much may be
 */
export async function requireWithinQuotas(tx: Transaction, { userId, companyId }: StoredFor): Promise<void> {
  const quotas: Quota[] = [];
  if (companyId !== null) quotas.push({ whose: "company", id: companyId, limits: await companyLimits(tx, companyId) });
  if (userId !== null) quotas.push({ whose: "user", id: userId, limits: userLimits(tx) });
  // The names are in their order: "company" before "user".
  for (const { whose, id } of quotas) await holdName(tx, `quota ${whose} ${id}`);
  for (const quota of quotas) await requireWithin(tx, quota);
}

async function requireWithin(tx: Transaction, { whose, id, limits }: Quota): Promise<void> {
  const { live, deleted } = await usageOf(tx, `${whose}_id`, id);
  const shown = { rows: (rows: number) => `${rows} rows`, bytes: formatBytes };
  for (const unit of ["rows", "bytes"] as const) {
    const limit = limits[unit];
    const show = shown[unit];
    if (live[unit] > limit) {
      throw new QuotaError({
        message: `This would make ${show(live[unit])} of the ${show(limit)} that the ${whose} may store.`,
      });
    }
    if (live[unit] + deleted[unit] > 2 * limit) {
      throw new QuotaError({
        message: `With this, what the ${whose} stores and what was deleted and not purged yet would make ${show(live[unit] + deleted[unit])}, and ${show(2 * limit)} may be on the disk.`,
      });
    }
  }
}
