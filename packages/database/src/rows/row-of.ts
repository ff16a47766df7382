import { z } from "zod";
import { isVisible, type NamedColumn, type TableDefinition, type VisibleRow } from "../schema/kit/index.ts";
import type { JsonValue } from "../schema/kit/index.ts";

interface KnownRow {
  readonly schema: z.ZodType;
  /** Which columns it has, to tell a second form of the same name from the same form asked for again. */
  readonly properties: string;
}

const known = new Map<TableDefinition, KnownRow>();

/**
 * Makes the schema of a table's rows as answers hold them, from the table's definition: its visible columns, each with its
 * type and length, and `null` where the column may be empty. It is named by the table's `rowName`, so that documents of an
 * interface refer to it; there is one schema per table, made when it is first asked for.
 *
 * @param table the table's definition
 * @param except properties that this answer leaves out, beyond the hidden ones
 * @returns the schema of a row
 * @throws {TypeError} when another form of the same rows has been made: one name cannot stand for two
 * @example
 * const companies = tables[0];
 * rowOf(companies).safeParse({}).success; // false: no property may be left out
 */
export function rowOf<Table extends TableDefinition, Except extends keyof VisibleRow<Table> & string = never>(
  table: Table,
  except: readonly Except[] = [],
): z.ZodType<Omit<VisibleRow<Table>, Except>, Omit<VisibleRow<Table>, Except>> {
  const leftOut: ReadonlySet<string> = new Set(except);
  const columns = table.columnList.filter((column) => isVisible(column) && !leftOut.has(column.property));
  const properties = columns.map(({ property }) => property).join(" ");
  const row = known.get(table) ?? { schema: makeRow(table, columns), properties };
  if (row.properties !== properties) throw new TypeError(`There is another form of the rows of ${table.name}.`);
  known.set(table, row);
  // Its properties are those of the type: both are derived from the definition, by `isVisible` and its type.
  return row.schema as ReturnType<typeof rowOf<Table, Except>>;
}

function makeRow(
  { rowName, rowDescription, description }: TableDefinition,
  columns: readonly NamedColumn[],
): z.ZodType {
  const row = z.object(Object.fromEntries(columns.map((column) => [column.property, columnSchema(column)])));
  const meta = { description: rowDescription ?? description };
  return row.meta(rowName === undefined ? meta : { id: rowName, ...meta });
}

/**
 * Any JSON that a column holds, as a part of an answer.
 *
 * @returns the schema of it, which looks at nothing: what was stored has been looked at
 */
export function jsonDocument(): z.ZodType<JsonValue, JsonValue> {
  return z.unknown().meta({ description: "Any JSON value." }) as z.ZodType<JsonValue, JsonValue>;
}

function columnSchema(column: NamedColumn): z.ZodType {
  const schema = valueSchema(column);
  return column.notNull === true ? schema : schema.nullable();
}

function valueSchema({ kind, length, values }: NamedColumn): z.ZodType {
  switch (kind) {
    case "id":
    case "integer":
      return z.int();
    case "float":
      return z.number();
    case "string":
      return length === undefined ? z.string() : z.string().meta({ maxLength: length });
    case "text":
      return z.string();
    case "boolean":
      return z.boolean();
    case "datetime":
      return z.date();
    case "json":
      return jsonDocument();
    case "enum":
      return z.enum([...(values ?? [])]);
  }
}
