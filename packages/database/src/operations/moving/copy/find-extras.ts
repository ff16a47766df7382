import type { Source } from "../../../engines/port/source.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { copyProgress } from "../../../schema/system.ts";
import { systemTables } from "../../../schema/tables.ts";
import type { Extras } from "../extras.ts";

/** Tables that keep a database in order; each has its own. */
const own: ReadonlySet<string> = new Set([...systemTables.map(({ name }) => name), copyProgress.name]);

/** Asks the source what it has beside the tables that are copied: an application may have added to it. */
export async function findExtras(source: Source, tables: readonly TableDefinition[]): Promise<Extras> {
  const known = new Map(tables.map(({ name, columnList }) => [name, new Set(columnList.map((column) => column.name))]));
  const extras: Extras = { extraTables: [], extraColumns: [] };
  for (const table of await source.tableNames()) {
    const columns = known.get(table);
    if (columns === undefined) {
      if (!own.has(table)) extras.extraTables.push({ table, rows: await source.countIn(table) });
      continue;
    }
    for (const column of await source.columnNames(table)) {
      if (columns.has(column)) continue;
      extras.extraColumns.push({ table, column, values: await source.countIn(table, column) });
    }
  }
  return extras;
}
