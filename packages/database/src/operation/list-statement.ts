import type { Kysely, SelectQueryBuilder } from "kysely";
import { type Reaching, within } from "../access/within.ts";
import { anyTable, type AnySchema } from "../database/any-table.ts";
import { columnsOf } from "../database/columns.ts";
import type { PageOrder, PageParameters } from "../database/page.ts";
import { selectRowsHolding } from "../database/rows-holding.ts";
import { shapedStatement } from "../database/statement.ts";
import type { Dialect } from "../engines/port/engine.ts";
import { columnNamed, type NamedColumn, type TableDefinition } from "../schema/kit/index.ts";
import type { Schema, TableName } from "../schema/tables.ts";

/** What a list can be narrowed by: property names of its columns. */
export interface ListConditions {
  readonly equal: readonly string[];
  readonly time?: { readonly column: string };
  readonly search?: readonly string[];
  readonly metadata?: string;
}

/** The conditions of one call; those that are not given do not count. */
type Conditions = Reaching & PageParameters & Readonly<Record<string, unknown>>;

type Query = SelectQueryBuilder<AnySchema, string, Record<string, unknown>>;

/** Finds a column by its property name. @throws {TypeError} when the table has none of it */
export function requireColumn(table: TableDefinition, property: string): NamedColumn {
  const column = table.columnList.find((candidate) => candidate.property === property);
  if (column === undefined) throw new TypeError(`${table.name} has no column ${property}.`);
  return column;
}

/** Begins the list: all rows of the table, or those whose document holds what was asked for. */
function selectRows(
  table: TableDefinition,
  { builder, dialect }: { builder: Kysely<Schema>; dialect: Dialect },
  holding: { readonly column: string; readonly members: object | undefined } | undefined,
): Query {
  const columns = [...columnsOf(table.name as "users")];
  if (holding?.members === undefined) return anyTable({ sql: builder }).selectFrom(table.name).select(columns);
  const place = { table: table.name as "users", column: holding.column as "email" };
  const held: unknown = selectRowsHolding({ builder, dialect }, place, holding.members).select(columns);
  return held as Query;
}

/** Writes the statement of a list, compiled once for each set of conditions that calls give. */
export function listStatement(
  table: TableDefinition & { readonly name: TableName },
  order: PageOrder,
  { equal, time, search = [], metadata }: ListConditions,
) {
  const nameOf = (property: string) => requireColumn(table, property).name;
  const names = equal.map((property): [string, string] => [property, nameOf(property)]);
  const timeColumn = time === undefined ? undefined : nameOf(time.column);
  const searched = search.map(nameOf);
  const documents = metadata === undefined ? undefined : nameOf(metadata);
  const hasSoftDelete = columnNamed(table, "deleted_at") !== undefined;
  return shapedStatement((builder, p: Conditions, dialect: Dialect) => {
    const holding =
      documents === undefined ? undefined : { column: documents, members: p["metadata"] as object | undefined };
    let query = selectRows(table, { builder, dialect }, holding).where(within(table.name, p));
    if (hasSoftDelete && p["live"] !== undefined) query = query.where("deleted_at", "is", null);
    const company = p["companyId"] as number | undefined;
    if (company !== undefined) query = query.where(within(table.name, { reachedCompany: company }));
    for (const [property, name] of names) if (p[property] !== undefined) query = query.where(name, "=", p[property]);
    if (timeColumn !== undefined && p["since"] !== undefined) query = query.where(timeColumn, ">=", p["since"]);
    if (timeColumn !== undefined && p["until"] !== undefined) query = query.where(timeColumn, "<", p["until"]);
    const part = p["search"] as string | undefined;
    if (part !== undefined) {
      query = query.where((eb) => eb.or(searched.map((name) => dialect.containsText(eb.ref(name) as never, part))));
    }
    return order.apply(query, p);
  });
}
