import { anyTable } from "../../../database/any-table.ts";
import type { Handle } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";

/** A database as it was replaced, and the one that takes its place. */
export interface BothStates {
  readonly replaced: Handle;
  readonly restored: Handle;
}

/** A row by the properties of its columns. */
export type StoredProperties = Readonly<Record<string, unknown>> & { readonly id: number };

/** A row of the replaced state, with the one of the same id in the restored state; null where there is none. */
export interface RowPair {
  readonly now: StoredProperties;
  readonly past: StoredProperties | null;
}

/** Rows that are read at a time. */
const batchSize = 1000;

/** Reads a table of both states side by side, in the order of the ids of the replaced one, some rows at a time. */
export async function* readPairs(
  { replaced, restored }: BothStates,
  table: TableDefinition,
  columns: readonly NamedColumn[],
): AsyncIterable<readonly RowPair[]> {
  for (let last = 0; ;) {
    const rows = await readRows(replaced, { table, columns, after: last });
    const end = rows.at(-1)?.id;
    if (end === undefined) return;
    const others = await readRows(restored, { table, columns, after: last, until: end });
    const byId = new Map(others.map((row) => [row.id, row]));
    yield rows.map((now) => ({ now, past: byId.get(now.id) ?? null }));
    if (rows.length < batchSize) return;
    last = end;
  }
}

interface Range {
  readonly table: TableDefinition;
  readonly columns: readonly NamedColumn[];
  readonly after: number;
  /** The last id; undefined for one batch of them. */
  readonly until?: number;
}

async function readRows(db: Handle, { table, columns, after, until }: Range): Promise<StoredProperties[]> {
  const query = anyTable(db)
    .selectFrom(table.name)
    .select(columns.map(({ name }) => name))
    .where("id", ">", after)
    .orderBy("id");
  const bounded = until === undefined ? query.limit(batchSize) : query.where("id", "<=", until);
  return (await fetchAll(db, bounded)) as unknown as StoredProperties[];
}

/** The columns of a table that have these properties. */
export function columnsOf(table: TableDefinition, properties: readonly string[]): NamedColumn[] {
  return table.columnList.filter(({ property }) => properties.includes(property));
}

/** Whether two rows of one id were made as one: the number may have been given out again after an older restore. */
export function isSameTime(one: unknown, other: unknown): boolean {
  return one instanceof Date && other instanceof Date && one.getTime() === other.getTime();
}
