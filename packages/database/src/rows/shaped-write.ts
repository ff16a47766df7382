import type { Compilable, Kysely } from "kysely";
import { type AnySchema, anyTable } from "../database/any-table.ts";
import type { Handle } from "../database/handle.ts";
import { fetchFirst, type Statement, statement } from "../database/statement.ts";
import { isVisible, type TableDefinition } from "../schema/kit/index.ts";
import type { Values } from "./stored-values.ts";

/** Writes the statement of a table with the values that it is given, or with what stands for them. */
type Build = (sql: Kysely<AnySchema>, table: TableDefinition, values: Values) => Compilable<Values>;

/**
 * Sets of columns of which a table's statement stays compiled: many more than the functions have, while a caller who gives
 * ever other columns does not fill the memory of every connection with prepared statements.
 */
const maxShapes = 64;

function compile(build: Build, table: TableDefinition, names: readonly string[]): Statement<Values, Values> {
  return statement((sql, parameters: Values) =>
    build(
      sql as unknown as Kysely<AnySchema>,
      table,
      Object.fromEntries(names.map((name) => [name, parameters[name]])),
    ),
  );
}

/**
 * Makes a function that writes one row and returns it. Its statement depends on the table and on which columns are given,
 * and is compiled once for each such shape.
 *
 * @param build writes the statement; it must not branch on the values
 */
export function shapedWrite(
  build: Build,
): (db: Handle, table: TableDefinition, values: Values) => Promise<Values | null> {
  const known = new Map<TableDefinition, Map<string, Statement<Values, Values>>>();
  return (db, table, values) => {
    const shapes = known.get(table) ?? new Map<string, Statement<Values, Values>>();
    known.set(table, shapes);
    const names = Object.keys(values);
    const shape = names.join(" ");
    const compiled = shapes.get(shape) ?? (shapes.size < maxShapes ? compile(build, table, names) : undefined);
    if (compiled === undefined) return fetchFirst(db, build(anyTable(db), table, values));
    shapes.set(shape, compiled);
    return compiled.first(db, values);
  };
}

/** The names in SQL of what leaves of a row. */
export function visibleNames(table: TableDefinition): string[] {
  return table.columnList.filter(isVisible).map(({ name }) => name);
}
