import { z } from "zod";
import type { TableDefinition, VisibleRow } from "../schema/kit/index.ts";
import { rowOf } from "./row-of.ts";

/**
 * Makes the schema of a table's rows with further members.
 *
 * @param table the table's definition
 * @param id what it is called in documents of an interface
 * @param members the further members
 */
export function rowWith<Table extends TableDefinition, Members extends z.ZodRawShape>(
  table: Table,
  id: string,
  members: Members,
) {
  const { shape } = rowOf(table) as unknown as z.ZodObject;
  const whole = z.object({ ...shape, ...members }).meta({ id, description: table.rowDescription ?? table.description });
  type Whole = VisibleRow<Table> & z.output<z.ZodObject<Members>>;
  return whole as unknown as z.ZodType<Whole, Whole>;
}
