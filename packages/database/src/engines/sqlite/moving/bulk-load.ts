import { setImmediate as nextTurn } from "node:timers/promises";
import type { Query } from "../../port/engine.ts";
import type { BulkLoad } from "../../port/stored-rows.ts";
import { insertInStatements, rowsIntoBareTable } from "../run/insert-rows.ts";

/**
 * Writes rows by statements of many rows each, and lets the event loop turn between batches.
 * @param run runs a statement in the open transaction
 */
export async function loadRows(
  run: (query: Query, values: readonly unknown[]) => Promise<number>,
  { table, batches, checksum }: BulkLoad,
): Promise<void> {
  const target = { table: table.name, columns: table.columnList.map(({ name }) => name) };
  for await (const batch of batches) {
    await insertInStatements(target, batch, run, rowsIntoBareTable);
    if (checksum !== undefined) for (const row of batch) checksum.add(row);
    await nextTurn();
  }
}
