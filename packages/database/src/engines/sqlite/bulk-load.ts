import type { TableDefinition } from "../../schema/kit/index.ts";
import { quoteName } from "../ddl.ts";
import type { Query } from "../engine.ts";
import type { BulkLoad, StoredRow } from "../stored-rows.ts";

/** Rows of one statement; more gain nothing. */
const rowsOfStatement = 50;

function insertStatement({ name, columnList }: TableDefinition, rows: number): Query {
  const row = `(${columnList.map(() => "?").join(", ")})`;
  const columns = columnList.map((column) => quoteName(column.name)).join(", ");
  const values = Array.from({ length: rows }, () => row).join(", ");
  const sql = `INSERT INTO ${quoteName(name)} (${columns}) VALUES ${values}`;
  return { sql, readOnly: false, recurring: rows === rowsOfStatement };
}

/**
 * Writes rows by statements of many rows each.
 * @param run runs a statement in the open transaction
 */
export async function loadRows(
  run: (query: Query, values: readonly unknown[]) => Promise<number>,
  { table, batches, checksum }: BulkLoad,
): Promise<void> {
  const full = insertStatement(table, rowsOfStatement);
  for await (const batch of batches) {
    for (let start = 0; start < batch.length; start += rowsOfStatement) {
      const rows: readonly StoredRow[] = batch.slice(start, start + rowsOfStatement);
      await run(rows.length === rowsOfStatement ? full : insertStatement(table, rows.length), rows.flat());
      if (checksum !== undefined) for (const row of rows) checksum.add(row);
    }
  }
}
