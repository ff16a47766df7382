import { type JsonValue, type TableName, tables } from "@nerve/database";
import { z } from "zod";

type NamedColumn = (typeof tables)[number]["columnList"][number];

/** Columns that never leave the database: digests, hashes and secrets. */
const hidden: ReadonlySet<string | undefined> = new Set(["password", "digest", "encrypted"]);

/**
 * Makes the schema of a table's rows as they leave the server, from the table's definition. Digests, hashes and secrets are
 * never part of it.
 *
 * @param name the table's name in SQL
 * @param options `omit`: further columns that stay inside, by their property names
 */
export function rowSchema<Row extends object>(
  name: TableName,
  { omit = [] }: { omit?: readonly string[] } = {},
): z.ZodType<Row, Row> {
  const definition = tables.find((table) => table.name === name);
  const columns = (definition?.columnList ?? []).filter(
    ({ property, sensitivity }) => !hidden.has(sensitivity) && !omit.includes(property),
  );
  const shape = Object.fromEntries(columns.map((column) => [column.property, columnSchema(column)]));
  return z.object(shape) as unknown as z.ZodType<Row, Row>;
}

/** Any JSON that a column holds. */
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
