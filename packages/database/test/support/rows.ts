import type { Handle } from "../../src/database/handle.ts";
import { fetchFirst } from "../../src/database/statement.ts";
import type { TableName } from "../../src/schema/tables.ts";

/** Counts the rows of a table, soft-deleted ones among them. */
export async function countRows(db: Handle, table: TableName): Promise<number> {
  const row = await fetchFirst(
    db,
    db.sql.selectFrom(table).select(({ fn }) => fn.countAll<number>().as("rows")),
  );
  return row?.rows ?? 0;
}
