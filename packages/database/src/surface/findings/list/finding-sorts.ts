import { PageOrder } from "../../../database/page.ts";
import { requireColumn } from "../../../operation/list-statement.ts";
import { findings } from "../../../schema/surface/findings.ts";

export const sortNames = ["risk", "newest", "changed", "due"] as const;
export type SortName = (typeof sortNames)[number];

/** What findings are sorted by before their id; `due` leaves out those that are never due. */
const sorts = {
  risk: { property: "risk", column: "risk", direction: "desc" },
  newest: { property: "openedAt", column: "opened_at", direction: "desc" },
  changed: { property: "changedAt", column: "changed_at", direction: "desc" },
  due: { property: "dueAt", column: "due_at", direction: "asc" },
} as const;

/** The column that a list is sorted by. */
export function sortColumn(sort: SortName): (typeof sorts)[SortName]["column"] {
  return sorts[sort].column;
}

/** Whether a list goes from the least to the greatest. */
export function isAscending(sort: SortName): boolean {
  return sorts[sort].direction === "asc";
}

/** The order of a list, for its statements and cursors. */
export function orderOf(sort: SortName): PageOrder {
  const { property, direction } = sorts[sort];
  return new PageOrder("findings", [requireColumn(findings, property), requireColumn(findings, "id")], direction);
}

/** Where a finding stands in its list. */
export interface Placed {
  readonly id: number;
  readonly risk?: number;
  readonly openedAt?: Date;
  readonly changedAt?: Date;
  readonly dueAt?: Date | null;
}

/** The value that a finding is sorted by. */
export function sortValue(sort: SortName, row: Placed): number | Date {
  return row[sorts[sort].property] as number | Date;
}

/** Compares two findings as their list does. */
export function compareIn(sort: SortName): (one: Placed, other: Placed) => number {
  const sign = isAscending(sort) ? 1 : -1;
  return (one, other) => {
    const difference = Number(sortValue(sort, one)) - Number(sortValue(sort, other));
    return sign * (difference === 0 ? one.id - other.id : difference);
  };
}
