import { type Expression, type RawBuilder, sql } from "kysely";
import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import { searchesOf } from "../../shared/ddl.ts";
import { memberValue } from "../schema/json-search.ts";

/** Entries of a member that are counted to find the rarest; beyond them one is as frequent as the other. */
const countedEntries = 1000;

/** The rows of a table whose document holds every member of another; see `Dialect.rowsHolding`. */
export function rowsHolding(
  table: TableDefinition,
  column: NamedColumn,
  members: Expression<unknown>,
): RawBuilder<unknown> {
  const search = searchesOf(table).find((one) => one.column === column.name);
  if (search === undefined) throw new TypeError(`${table.name}.${column.name} is not searched.`);
  const index = sql.table(search.name);
  const value = sql.raw(memberValue("f"));
  // The index gives these two, in whose order it lies; a table of the same name around it is flattened away.
  const columns = table.columnList.map(({ name }) =>
    name === "id" || name === "created_at" ? sql.ref(`s.${name}`) : sql.ref(`t.${name}`),
  );
  const entries = sql`SELECT 1 FROM ${index} AS e WHERE e."key" = f."key" AND e."value" = ${value} LIMIT ${sql.lit(countedEntries)}`;
  const rarest = sql`SELECT f."key", ${value} FROM json_each(${members}) AS f ORDER BY (SELECT count(*) FROM (${entries})) LIMIT 1`;
  const other = sql`SELECT 1 FROM ${index} AS o WHERE o."key" = f."key" AND o."value" = ${value}
    AND o."created_at" = s."created_at" AND o."id" = s."id"`;
  return sql`(SELECT ${sql.join(columns)} FROM ${index} AS s JOIN ${sql.table(table.name)} AS t ON t."id" = s."id"
    WHERE (s."key", s."value") = (${rarest})
    AND NOT EXISTS (SELECT 1 FROM json_each(${members}) AS f WHERE NOT EXISTS (${other})))`;
}
