import { rowOf, type TableName, tables, type VisibleRowOf } from "@nerve/database";
import type { z } from "zod";

export { jsonDocument } from "@nerve/database";

type Definition<Name extends TableName> = Extract<(typeof tables)[number], { name: Name }>;

/**
 * Finds the schema of a table's rows as they leave the server: `rowOf` of its definition.
 *
 * @param name the table's name in SQL
 * @param options `omit`: further columns that stay inside, by their property names
 */
export function rowSchema<Name extends TableName, Omitted extends keyof VisibleRowOf<Name> & string = never>(
  name: Name,
  { omit = [] }: { omit?: readonly Omitted[] } = {},
): z.ZodType<Omit<VisibleRowOf<Name>, Omitted>, Omit<VisibleRowOf<Name>, Omitted>> {
  const definition = tables.find((table) => table.name === name) as Definition<Name>;
  return rowOf(definition, omit);
}
