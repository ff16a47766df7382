import { quoteName } from "../../shared/ddl.ts";
import type { Orphan, OrphanReport } from "../../port/upkeep.ts";
import type { Select } from "./schema-state.ts";

/** Foreign keys with the columns of both sides in order, and the first column of the child's own key. */
const foreignKeysQuery = `
  SELECT c.relname AS "table", p.oid::regclass::text AS parent, p.relname AS "parentName",
    (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS u (num, n)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num) AS columns,
    (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY AS u (num, n)
      JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num) AS "parentColumns",
    (SELECT a.attname FROM pg_constraint own JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = own.conkey[1]
      WHERE own.conrelid = c.oid AND own.contype = 'p') AS key
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
  WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace ORDER BY k.oid`;

interface ForeignKey {
  readonly table: string;
  /** Qualified and quoted as needed. */
  readonly parent: string;
  readonly parentName: string;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly key: string | null;
}

/** Compares every row, since a constraint can be marked valid and not hold: it is not enforced for replicated rows. */
function orphansQuery({ table, parent, columns, parentColumns, key }: ForeignKey, limit: number): string {
  const pairs = columns.map((column, at) => `p.${quoteName(parentColumns[at] ?? "")} = c.${quoteName(column)}`);
  const present = columns.map((column) => `c.${quoteName(column)} IS NOT NULL`);
  const orphan = `${present.join(" AND ")} AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${pairs.join(" AND ")})`;
  const rowId = key === null ? "NULL::text" : `c.${quoteName(key)}::text`;
  return `SELECT ${rowId} AS "rowId", count(*) OVER () AS total FROM ${quoteName(table)} c WHERE ${orphan} LIMIT ${limit}`;
}

function toRowId(text: string | null): number | string | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Finds rows that refer to rows that do not exist. */
export async function findOrphans(select: Select, limit: number): Promise<OrphanReport> {
  const orphans: Orphan[] = [];
  let total = 0;
  for (const foreignKey of await select<ForeignKey>(foreignKeysQuery)) {
    const rows = await select<{ rowId: string | null; total: number }>(orphansQuery(foreignKey, Math.max(limit, 1)));
    total += rows[0]?.total ?? 0;
    const { table, parentName: parent, columns } = foreignKey;
    const found = rows.slice(0, limit - orphans.length).map(({ rowId }) => {
      return { table, rowId: toRowId(rowId), column: columns.join(", "), parent };
    });
    orphans.push(...found);
  }
  return { total, orphans, faults: [] };
}
