import type { Page, PageOrder } from "../../../database/page.ts";

/** What was found in a range of an index, and how far that was looked for. */
export interface Stretch<Row extends Place, Place = Row> {
  readonly rows: readonly Row[];
  /** The last place that was looked at; null at the end of the range. */
  readonly end: Place | null;
}

/** The order of a list, as its statements have it. */
export interface ListOrder<Place> {
  readonly order: PageOrder;
  readonly compare: (one: Place, other: Place) => number;
}

/**
 * Makes a page of what was found in several ranges. It goes no further than all of them were looked through, so that what follows
 * is on the next page.
 */
export function mergeStretches<Row extends Place, Place extends object>(
  { order, compare }: ListOrder<Place>,
  stretches: readonly Stretch<Row, Place>[],
  limit: number,
): Page<Row> {
  const [horizon] = stretches.flatMap(({ end }) => end ?? []).toSorted(compare);
  const rows = stretches.flatMap((stretch) => stretch.rows);
  const seen = horizon === undefined ? rows : rows.filter((row) => compare(row, horizon) <= 0);
  const items = seen.toSorted(compare).slice(0, limit);
  const last = seen.length > limit ? items.at(-1) : horizon;
  return {
    items,
    nextCursor:
      last === undefined ? null : order.writePlace({ ...(last as Place & Readonly<Record<string, unknown>>) }),
  };
}
