import type { Kysely, SelectQueryBuilder } from "kysely";
import { sql } from "kysely";
import type { Dialect } from "../engines/port/engine.ts";
import { json } from "../schema/kit/parameters.ts";
import { columnNamed } from "../schema/kit/index.ts";
import { type Schema, tableNamed } from "../schema/tables.ts";

/** Where rows are searched: a table with a `searched()` column, by their names in SQL. */
interface SearchedColumn<Name extends keyof Schema> {
  readonly table: Name;
  readonly column: keyof Schema[Name] & string;
}

/**
 * Begins a list that can be filtered by the members of a JSON document: all rows of the table, or, where `members` is
 * given, those whose document holds each of them. The table keeps its name in the statement either way.
 *
 * @param members the parameter of the statement, an object that has a member; undefined when it was not given
 */
export function selectRowsHolding<Name extends keyof Schema>(
  { builder, dialect }: { builder: Kysely<Schema>; dialect: Dialect },
  { table, column }: SearchedColumn<Name>,
  members: object | undefined,
): SelectQueryBuilder<Schema, Name, object> {
  type Selection = SelectQueryBuilder<Schema, Name, object>;
  if (members === undefined) return builder.selectFrom<Name>(table) as unknown as Selection;
  const definition = tableNamed(table);
  const searched = definition && columnNamed(definition, column);
  if (definition === undefined || searched === undefined) throw new TypeError("There is no such column.");
  const rows = dialect.rowsHolding(definition, searched, sql`${json(members)}`);
  // It has the columns of the table and its name, which the types cannot see.
  return builder.selectFrom(rows.as(table));
}
