import type { Handle } from "../database/handle.ts";
import { json } from "../schema/kit/parameters.ts";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";
import { encryptHarvested, type HarvestedRow, secretsFor } from "./harvested.ts";

/** A row's values by names. */
export type Values = Readonly<Record<string, unknown>>;

/** Turns a value into what is stored: a JSON document is marked as one, a harvested credential is encrypted. */
export function toStored(row: HarvestedRow, column: NamedColumn, value: unknown): unknown {
  if (value === null) return null;
  return column.kind === "json" ? json(value) : encryptHarvested(row, column, value);
}

/**
 * Turns the value of a new row into what is stored, where each column has to have one: the column's default, or null, is what was not
 * given, and stamps get the time.
 */
export function newCell(row: HarvestedRow, column: NamedColumn, value: unknown, now: Date): unknown {
  if (value !== undefined) return toStored(row, column, value);
  return column.stamped === undefined ? (column.default ?? null) : now;
}

/** @throws {TypeError} for a name that is no property of the table */
export function requireKnown(table: TableDefinition, names: Iterable<string>): void {
  const known = new Set(table.columnList.map(({ property }) => property));
  const unknown = [...names].find((name) => !known.has(name));
  if (unknown !== undefined) throw new TypeError(`${table.name} has no ${unknown}.`);
}

/**
 * Turns fields under their property names into what is stored under the columns' names, in the table's order. Undefined
 * ones are not given; stamps that are not given get the clock's time.
 *
 * @param row `table`, and the `id` that the row has; undefined for one that is not there yet
 * @param isStamp which columns are stamps of this write
 * @throws {TypeError} for a field that the table does not have
 */
export async function storedValues(
  db: Handle,
  { table, id }: Pick<HarvestedRow, "table" | "id">,
  fields: Values,
  isStamp: (column: NamedColumn) => boolean,
): Promise<Values> {
  requireKnown(table, Object.keys(fields));
  const columns = table.columnList.filter((column) => fields[column.property] !== undefined || isStamp(column));
  const row: HarvestedRow = { table, id, secrets: await secretsFor(db, columns) };
  const now = db.clock.now();
  return Object.fromEntries(
    columns.map((column) => {
      const value = fields[column.property];
      return [column.name, value === undefined ? now : toStored(row, column, value)];
    }),
  );
}
