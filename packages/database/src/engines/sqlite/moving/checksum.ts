import type { ColumnKind, TableDefinition } from "../../../schema/kit/index.ts";
import { type ChecksumValue, TableChecksum } from "../../shared/checksum.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { Executor, Query } from "../../port/engine.ts";
import { isUnbounded, type StoredRow } from "../../port/stored-rows.ts";

/** Rows of a page: fewer take longer, more leave more garbage. */
const rowsOfPage = 200;
/** How much the texts of a page may hold, in bytes; a single row may hold more. */
const bytesOfPage = 4 * 1024 * 1024;

/** SQLite gives a JSON text back as it was written. */
export function storedJson(text: string): string {
  return text;
}

/** Selects a page of rows as they are stored: to decode them would lose how a JSON document was written. */
function pageQuery({ name, columnList }: TableDefinition): Query {
  const columns = columnList.map((column) => quoteName(column.name)).join(", ");
  const asStored: [string, ColumnKind][] = columnList.map((column) => [column.name, "text"]);
  return {
    sql: `SELECT rowid AS "nerve_rowid", ${columns} FROM ${quoteName(name)} WHERE rowid > ? ORDER BY rowid LIMIT ?`,
    readOnly: true,
    recurring: true,
    computed: Object.fromEntries([["nerve_rowid", "integer"], ...asStored]),
  };
}

/** How many rows fit into memory at once, by the longest there is; SQLite knows how long a text is without reading it. */
async function rowsAtOnce(executor: Executor, { name, columnList }: TableDefinition): Promise<number> {
  const unbounded = columnList.filter(({ kind }) => isUnbounded(kind));
  if (unbounded.length === 0) return rowsOfPage;
  const length = unbounded.map((column) => `coalesce(octet_length(${quoteName(column.name)}), 0)`).join(" + ");
  const sql = `SELECT max(${length}) AS "longest" FROM ${quoteName(name)}`;
  const [row] = await executor.all({ sql, readOnly: true, recurring: false, computed: { longest: "integer" } }, []);
  const longest = Number(row?.["longest"] ?? 0);
  return Math.max(1, Math.min(rowsOfPage, Math.floor(bytesOfPage / Math.max(longest, 1))));
}

/** Reads a table and adds up the hashes of its rows. */
export async function tableChecksum(executor: Executor, table: TableDefinition): Promise<ChecksumValue> {
  const checksum = new TableChecksum(table, storedJson);
  const query = pageQuery(table);
  const limit = await rowsAtOnce(executor, table);
  for (let after: unknown = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await executor.all(query, [after, limit]);
    for (const row of rows) checksum.add(table.columnList.map(({ property }) => row[property]) as StoredRow);
    if (rows.length < limit) return checksum.value;
    after = rows.at(-1)?.["nerveRowid"];
  }
}
