import { anyTable } from "../../src/database/any-table.ts";
import type { Handle } from "../../src/database/handle.ts";
import { fetchAll } from "../../src/database/statement.ts";
import { tables } from "../../src/schema/tables.ts";

/** Every row of every table, so that a test can see that nothing at all has changed. */
export async function snapshot(db: Handle): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const rows = await fetchAll(db, anyTable(db).selectFrom(name).selectAll() as never);
    found[name] = rows.map((row) => JSON.stringify(row)).toSorted();
  }
  return found;
}
