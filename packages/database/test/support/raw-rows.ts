import type { Handle } from "../../src/database/handle.ts";
import type { ResultRow } from "../../src/engines/port/engine.ts";
import { quoteName } from "../../src/engines/shared/ddl.ts";
import type { NamedColumn, TableDefinition } from "../../src/schema/kit/index.ts";

/** Values by the names of their columns in SQL. */
export type Values = Readonly<Record<string, unknown>>;

let counter = 0;

function somethingFor({ kind, values, reference, length }: NamedColumn): unknown {
  counter += 1;
  if (reference !== undefined) return 1;
  if (kind === "enum") return values?.[0];
  if (kind === "boolean") return true;
  if (kind === "datetime") return new Date(0);
  if (kind === "integer" || kind === "float") return counter;
  return kind === "json" ? "{}" : `x${counter}`.slice(0, length);
}

/** What the conditions on whole rows of a table ask for, beyond what its columns do. */
function agreeing({ name }: TableDefinition, given: Values): Values {
  if (name === "findings") return { risk: 0, ...given };
  if (name !== "surface_tag_links") return given;
  return (given["finding_id"] ?? null) === null ? { asset_id: 1, ...given } : { ...given, asset_id: null };
}

/**
 * Inserts a row by raw SQL, past every rule of the layer: what is given, and something in every other NOT NULL column.
 * @returns the row as it is stored, by the names of its properties
 */
export async function insertRawRow(db: Handle, table: TableDefinition, values: Values): Promise<ResultRow> {
  const given = agreeing(table, values);
  const needed = table.columnList.filter(
    ({ name, notNull, kind }) => name in given || (notNull === true && kind !== "id"),
  );
  const places = needed.map((_, index) => (db.engine === "sqlite" ? "?" : `$${index + 1}`));
  const sql = `INSERT INTO ${quoteName(table.name)} (${needed.map(({ name }) => quoteName(name)).join(", ")})
               VALUES (${places.join(", ")}) RETURNING *`;
  const stored = needed.map((column) => (column.name in given ? given[column.name] : somethingFor(column)));
  const [row] = await db.executor.all({ sql, readOnly: false, recurring: false }, stored);
  return row ?? {};
}
