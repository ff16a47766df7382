import { isDeepStrictEqual } from "node:util";

/** Names the fields of `changes` that differ from the row; those left out (undefined) do not count. */
export function findChangedFields(row: object, changes: object): string[] {
  const current = row as Readonly<Record<string, unknown>>;
  return Object.entries(changes)
    .filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value, current[field]))
    .map(([field]) => field);
}
