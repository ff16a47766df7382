import { isVisible } from "../schema/kit/index.ts";
import type { Schema, VisibleColumnOf } from "../schema/tables.ts";
import { tableNamed } from "../schema/tables.ts";

/**
 * Lists the visible columns of a table, to be selected by name. Hidden ones are never among them: who needs one names it.
 * @param table name in SQL
 * @param except further columns to leave out
 */
export function columnsOf<T extends keyof Schema, Except extends VisibleColumnOf<T> = never>(
  table: T,
  except: readonly Except[] = [],
): readonly Exclude<VisibleColumnOf<T>, Except>[] {
  const leftOut: ReadonlySet<string> = new Set(except);
  const visible = tableNamed(table)?.columnList.filter(isVisible) ?? [];
  return visible.map(({ name }) => name).filter((name) => !leftOut.has(name)) as Exclude<VisibleColumnOf<T>, Except>[];
}
