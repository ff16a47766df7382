import { severities } from "../../../schema/surface/assets.ts";
import { findingStatuses } from "../../../schema/surface/finding-words.ts";
import { isOpen } from "../../deciding/statuses.ts";
import type { FilterName, FilterParameters } from "./finding-filter.ts";
import type { SortName } from "./finding-sorts.ts";

/** Conditions that an index begins with or ends at, beside the company; the rest of it is the order of the list. */
const indexPaths = {
  riskOfAsset: { sort: "risk", by: ["assetId", "isOpen"] },
  riskOfRule: { sort: "risk", by: ["ruleId", "isOpen"] },
  riskOfAssignee: { sort: "risk", by: ["assignedTo", "isOpen"] },
  riskOfSource: { sort: "risk", by: ["isOpen", "source", "severity"] },
  riskOfSeverity: { sort: "risk", by: ["isOpen", "severity"] },
  risk: { sort: "risk", by: ["isOpen"] },
  newest: { sort: "newest", by: ["isOpen", "openedSince"] },
  changed: { sort: "changed", by: ["status", "changedSince"] },
  due: { sort: "due", by: ["dueBefore"] },
} as const satisfies Readonly<Record<string, { sort: SortName; by: readonly FilterName[] }>>;

/** Whether an index begins with the company; else the company is looked at beside it. */
export function isLedByCompany(name: PathName): boolean {
  return !["riskOfAsset", "riskOfRule", "riskOfAssignee"].includes(name);
}

export type PathName = keyof typeof indexPaths;

export const pathNames = Object.keys(indexPaths) as readonly PathName[];

/** What an index is read by, and the order in which it has the findings. */
export function pathNamed(name: PathName): { readonly sort: SortName; readonly by: readonly FilterName[] } {
  return indexPaths[name];
}

/** An index, and the ranges of it that hold all findings of a filter, each of them once. */
export interface Ranges {
  readonly path: PathName;
  readonly ranges: readonly FilterParameters[];
}

/** Chooses the index that a filter's findings are read from in the order of a list. */
export function rangesOf(sort: SortName, filter: FilterParameters): Ranges {
  switch (sort) {
    case "risk":
      return rangesByRisk(filter);
    case "newest":
      return { path: "newest", ranges: ofEitherState(filter) };
    case "changed":
      return { path: "changed", ranges: ofStatuses(filter) };
    case "due":
      // Only what is open is ever due.
      return { path: "due", ranges: filter.isOpen === false ? [] : [{ ...filter, isOpen: undefined }] };
  }
}

function rangesByRisk(filter: FilterParameters): Ranges {
  const ranges = ofEitherState(filter);
  if (filter.assetId !== undefined) return { path: "riskOfAsset", ranges };
  if (filter.ruleId !== undefined) return { path: "riskOfRule", ranges };
  if (filter.assignedTo !== undefined) return { path: "riskOfAssignee", ranges };
  if (filter.source !== undefined) return { path: "riskOfSource", ranges: ranges.flatMap(ofSeverities) };
  return { path: filter.severity === undefined ? "risk" : "riskOfSeverity", ranges };
}

function ofEitherState(filter: FilterParameters): FilterParameters[] {
  return filter.isOpen === undefined ? [true, false].map((open) => ({ ...filter, isOpen: open })) : [filter];
}

function ofSeverities(filter: FilterParameters): FilterParameters[] {
  return filter.severity === undefined ? severities.map((severity) => ({ ...filter, severity })) : [filter];
}

/** A status says by itself whether it is open. */
function ofStatuses(filter: FilterParameters): FilterParameters[] {
  const statuses = filter.status === undefined ? findingStatuses : [filter.status];
  const wanted = statuses.filter((status) => filter.isOpen === undefined || isOpen(status) === filter.isOpen);
  return wanted.map((status) => ({ ...filter, status, isOpen: undefined }));
}
