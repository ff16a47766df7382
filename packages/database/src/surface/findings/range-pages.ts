import type { Page } from "../../database/page.ts";
import { compareIn, orderOf, type Placed, type SortName } from "./finding-sorts.ts";

/** What was found in a range of an index, and how far that was looked for. */
export interface Stretch<Row> {
  readonly rows: readonly Row[];
  /** The last place that was looked at; null at the end of the range. */
  readonly end: Placed | null;
}

/**
 * Makes a page of what was found in several ranges. It goes no further than all of them were looked through, so that what follows
 * is on the next page.
 */
export function mergeStretches<Row extends Placed>(
  sort: SortName,
  stretches: readonly Stretch<Row>[],
  limit: number,
): Page<Row> {
  const compare = compareIn(sort);
  const [horizon] = stretches.flatMap(({ end }) => end ?? []).toSorted(compare);
  const rows = stretches.flatMap((stretch) => stretch.rows);
  const seen = horizon === undefined ? rows : rows.filter((row) => compare(row, horizon) <= 0);
  const items = seen.toSorted(compare).slice(0, limit);
  const last = seen.length > limit ? items.at(-1) : horizon;
  return { items, nextCursor: last === undefined ? null : orderOf(sort).writePlace({ ...last }) };
}
