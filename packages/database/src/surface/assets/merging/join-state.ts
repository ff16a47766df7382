import type { FindingStatus } from "../../../schema/surface/finding-words.ts";
import type { findings } from "../../../schema/surface/findings.ts";
import type { RowChanges } from "../../../schema/kit/index.ts";
import type { RowOf } from "../../../schema/tables.ts";
import { changedDueDate, type SlaPolicy } from "../../deciding/due-date.ts";
import { riskOf } from "../../deciding/risk-of.ts";

export type Finding = RowOf<"findings">;

/** What a state is worth where two findings turn out to be one: what people decided counts most, and what is gone least. */
const weights: Readonly<Record<FindingStatus, number>> = {
  confirmed: 3,
  fixed: 3,
  accepted: 3,
  false_positive: 3,
  out_of_scope: 3,
  open: 2,
  suppressed: 1,
  resolved: 0,
};

/** What a joined state depends on beside the findings. */
export interface JoinFacts {
  readonly now: Date;
  readonly policies: readonly SlaPolicy[];
  /** Of the asset that stays. */
  readonly criticality: number;
}

/**
 * Finds what the older of two findings that are one takes over from the other: its state where that one counts for more, a severity
 * that a person laid down, and who it is assigned to, as far as it has none itself.
 */
export function joinState(stays: Finding, goes: Finding, facts: JoinFacts): RowChanges<typeof findings> {
  const isOverruled = weights[goes.status] > weights[stays.status];
  const isRated = goes.severityOverridden && !stays.severityOverridden;
  const isAssigned = stays.assignedToUserId === null && goes.assignedToUserId !== null;
  return {
    ...(isOverruled && stateOfRow(goes)),
    ...(isRated && ratingOf(isOverruled ? goes : stays, goes, facts)),
    ...(isAssigned && { assignedToUserId: goes.assignedToUserId }),
  };
}

function stateOfRow({
  status,
  statusReason,
  isOpen,
  resolvedAt,
  riskAcceptanceId,
  openedAt,
  changedAt,
  dueAt,
}: Finding) {
  return { status, statusReason, isOpen, resolvedAt, riskAcceptanceId, openedAt, changedAt, dueAt };
}

function ratingOf(stated: Finding, { severity, knownExploited }: Finding, { now, policies, criticality }: JoinFacts) {
  const { status, epss } = stated;
  const dated = { ...stated, exploited: stated.knownExploited };
  return {
    severity,
    severityOverridden: true,
    risk: riskOf({ severity, exploited: knownExploited, epss, criticality }),
    dueAt: changedDueDate(dated, { status, severity, exploited: stated.knownExploited }, now, policies),
  };
}
