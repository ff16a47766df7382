import type { ColumnKind, TableDefinition } from "../../schema/kit/index.ts";
import { type ChecksumValue, TableChecksum } from "../checksum.ts";
import { quoteName } from "../ddl.ts";
import type { Executor, Query } from "../engine.ts";
import type { StoredRow } from "../stored-rows.ts";

const rowsOfPage = 1000;

/** SQLite gives a JSON text back as it was written. */
export function storedJson(text: string): string {
  return text;
}

/** Selects a page of rows as they are stored: to decode them would lose how a JSON document was written. */
function pageQuery({ name, columnList }: TableDefinition): Query {
  const columns = columnList.map((column) => quoteName(column.name)).join(", ");
  const asStored: [string, ColumnKind][] = columnList.map((column) => [column.name, "text"]);
  return {
    sql: `SELECT rowid AS "nerve_rowid", ${columns} FROM ${quoteName(name)} WHERE rowid > ? ORDER BY rowid LIMIT ${rowsOfPage}`,
    readOnly: true,
    recurring: true,
    computed: Object.fromEntries([["nerve_rowid", "integer"], ...asStored]),
  };
}

/** Reads a table and adds up the hashes of its rows. */
export async function tableChecksum(executor: Executor, table: TableDefinition): Promise<ChecksumValue> {
  const checksum = new TableChecksum(table, storedJson);
  const query = pageQuery(table);
  for (let after: unknown = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await executor.all(query, [after]);
    for (const row of rows) checksum.add(table.columnList.map(({ property }) => row[property]) as StoredRow);
    if (rows.length < rowsOfPage) return checksum.value;
    after = rows.at(-1)?.["nerveRowid"];
  }
}
