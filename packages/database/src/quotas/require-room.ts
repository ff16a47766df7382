import { sql } from "kysely";
import { anyTable } from "../database/any-table.ts";
import type { Transaction } from "../database/handle.ts";
import { holdName } from "../database/hold.ts";
import { fetchFirst } from "../database/statement.ts";
import { QuotaError } from "../errors/index.ts";
import type { TableDefinition } from "../schema/kit/index.ts";

/**
 * Makes sure, after a row was stored in a table with a bound of its own, that a company has no more rows there than it may have,
 * deleted ones counted; else the transaction has to be taken back. For tables with few rows: they are looked through, as far as the
 * bound. Two that store at once do so one after the other from here on.
 *
 * @param companyId whose rows; null for those of no company
 * @param most rows that there may be; the table's `bound` tells of it
 * @throws {QuotaError} QUOTA_EXCEEDED
 * @example
 * await requireRoom(tx, announcements, companyId, 1000);
 */
export async function requireRoom(
  tx: Transaction,
  table: TableDefinition,
  companyId: number | null,
  most: number,
): Promise<void> {
  await holdName(tx, `rows of ${table.name} ${companyId ?? "nobody"}`);
  const query = anyTable(tx)
    .selectFrom(table.name)
    .select(sql.lit(1).as("found"))
    .where("company_id", companyId === null ? "is" : "=", companyId)
    .limit(1)
    .offset(most);
  if ((await fetchFirst(tx, query)) === null) return;
  const whose = companyId === null ? "of no company" : "of the company";
  throw new QuotaError({
    message: `There would be more than the ${most} rows ${whose} that ${table.name} may hold.`,
    help: "Delete what is no longer needed; what was deleted counts until it is purged.",
  });
}
