import type { Schema } from "../schema/tables.ts";
import { tableNamed } from "../schema/tables.ts";

type ColumnOf<T extends keyof Schema> = keyof Schema[T] & string;

/**
 * Lists the columns of a table, to be selected by name.
 * @param table name in SQL
 * @param hidden columns to leave out: what no caller may see
 */
export function columnsOf<T extends keyof Schema, Hidden extends ColumnOf<T> = never>(
  table: T,
  hidden: readonly Hidden[] = [],
): readonly Exclude<ColumnOf<T>, Hidden>[] {
  const names = tableNamed(table)?.columnList.map(({ name }) => name as ColumnOf<T>) ?? [];
  const isHidden: ReadonlySet<string> = new Set(hidden);
  return names.filter((name): name is Exclude<ColumnOf<T>, Hidden> => !isHidden.has(name));
}
