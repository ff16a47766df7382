import type { z } from "zod";
import type { AnyColumn, ColumnsOf, TableDefinition, VisibleRow } from "../schema/kit/index.ts";
import { columnField } from "./column-field.ts";

type Value<C extends AnyColumn> = C["types"]["value"];
type Plain<C extends AnyColumn> = z.ZodType<Value<C>, Value<C>>;

/** The field of a column's value, which may be null where the column may be empty. */
type ValueField<C extends AnyColumn> = C["types"]["notNull"] extends true ? Plain<C> : z.ZodNullable<Plain<C>>;

/** The field of a new row's column, which may be left out where the definition knows what stands there then. */
type NewField<C extends AnyColumn> = C["types"]["optional"] extends true ? z.ZodDefault<ValueField<C>> : ValueField<C>;

type Name<Table> = keyof VisibleRow<Table> & keyof ColumnsOf<Table> & string;

/** The fields of inputs that a table's columns make, by property name. */
interface TableFields<Table> {
  /**
   * Fields of a new row: one that has a default, or may be empty, may be left out and then is its default, or null.
   */
  pick<N extends Name<Table>>(...names: N[]): { [P in N]: NewField<ColumnsOf<Table>[P]> };
  /**
   * Fields of values as a row holds them: none may be left out. `z.strictObject(…).partial()` makes an input of changes
   * of them.
   */
  values<N extends Name<Table>>(...names: N[]): { [P in N]: ValueField<ColumnsOf<Table>[P]> };
}

function newField(column: TableDefinition["columnList"][number]): z.ZodType {
  const field = columnField(column);
  if (column.default !== undefined) return field.default(column.default);
  return column.notNull === true ? field : field.default(null);
}

/**
 * Finds the fields that inputs to a table are made of: each column's rule, or its kind's, so that a rule has one home, the
 * definition. Null is accepted where the column may be empty. Hidden columns are no fields of inputs.
 *
 * @param table the table's definition
 * @throws {TypeError} from `pick` and `values` for a name that is no property of the table
 * @example
 * const createInput = z.strictObject(fields(companies).pick("name", "primaryDomain", "maxSeats"));
 */
export function fields<Table extends TableDefinition>(table: Table): TableFields<Table> {
  const byName = new Map(table.columnList.map((column) => [column.property, column]));
  const make = (names: readonly string[], fieldOf: typeof newField) =>
    Object.fromEntries(
      names.map((name): [string, z.ZodType] => {
        const column = byName.get(name);
        if (column === undefined) throw new TypeError(`${table.name} has no ${name}.`);
        return [name, fieldOf(column)];
      }),
    );
  return {
    // What a definition says of its columns, their types say as well.
    pick: (...names) => make(names, newField) as never,
    values: (...names) => make(names, columnField) as never,
  };
}
