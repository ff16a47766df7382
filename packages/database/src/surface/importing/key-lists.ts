import { type RawBuilder, sql, type SqlBool } from "kysely";

/** Keys that one statement looks up: so many that the number of statements does not matter, and far below what engines bind. */
const keysOfStatement = 1000;

/** Falls keys into the lists of statements. */
export function* inKeyLists<Key>(keys: Iterable<Key>): Generator<Key[]> {
  let list: Key[] = [];
  for (const key of keys) {
    list.push(key);
    if (list.length < keysOfStatement) continue;
    yield list;
    list = [];
  }
  if (list.length > 0) yield list;
}

/** The condition that columns together are one of several keys. Numbers and texts are told apart for PostgreSQL. */
export function areOneOf(
  columns: readonly string[],
  keys: readonly (readonly (number | string)[])[],
): RawBuilder<SqlBool> {
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const rows = keys.map(
    (key) =>
      sql`(${sql.join(key.map((part) => (typeof part === "number" ? sql`cast(${part} as bigint)` : sql`cast(${part} as text)`)))})`,
  );
  return sql<SqlBool>`(${names}) in (values ${sql.join(rows)})`;
}
