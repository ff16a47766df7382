import { anyTable } from "../database/any-table.ts";
import type { Transaction } from "../database/handle.ts";
import { fetchAll } from "../database/statement.ts";
import { forgetBounds, type StoredFor } from "../quotas/bounds.ts";
import { meteredTables } from "../quotas/metered-tables.ts";
import { primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import type { RecordId } from "./known-table.ts";

const metered: ReadonlySet<string> = new Set(meteredTables);

/** The columns that say whose quotas a row counts towards, and for how much. */
const counted: ReadonlySet<string> = new Set(["user_id", "company_id", "stored_bytes"]);

/** Whether a change of these columns of a table changes what somebody stores. */
export function changesQuotas({ name }: TableDefinition, columns: readonly { readonly name: string }[]): boolean {
  return metered.has(name) && columns.some((column) => counted.has(column.name));
}

/** Finds whose quotas a record counts towards; nobody's where its table counts towards none. */
export async function ownersOf(tx: Transaction, table: TableDefinition, id: RecordId): Promise<StoredFor[]> {
  if (!metered.has(table.name)) return [];
  const query = anyTable(tx)
    .selectFrom(table.name)
    .select(["user_id", "company_id"])
    .where(primaryKeyOf(table).name, "=", id);
  return (await fetchAll(tx, query)) as unknown as StoredFor[];
}

function idOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** Makes the bounds unknown of whoever rows were inserted for that nobody counted. */
export async function forgetBoundsOfRows(
  tx: Transaction,
  table: TableDefinition,
  { columns, rows }: { columns: readonly string[]; rows: readonly (readonly unknown[])[] },
): Promise<void> {
  if (!metered.has(table.name)) return;
  const [user, company] = [columns.indexOf("user_id"), columns.indexOf("company_id")];
  await forgetBounds(
    tx,
    rows.map((values) => ({ userId: idOf(values[user]), companyId: idOf(values[company]) })),
  );
}
