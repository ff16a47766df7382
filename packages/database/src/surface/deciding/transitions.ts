import { severities, type Severity } from "@nerve/formats";
import type { FindingStatus, OpenStatus } from "./statuses.ts";

/** What was accepted: a risk up to a severity, until a day. */
export interface Acceptance {
  readonly maxSeverity: Severity;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export interface FindingState {
  readonly status: FindingStatus;
  /** The open state that it had last. */
  readonly lastOpen: OpenStatus;
  /** When somebody said that it is fixed; null where nobody did. */
  readonly decidedAt: Date | null;
  readonly acceptance: Acceptance | null;
  /** It is suppressed since somebody's statement (VEX) says so, and not since the report that shows it does. */
  readonly stated?: boolean;
}

/** How a report shows a finding. */
export interface Sight {
  /** The tool itself says that it does not count. */
  readonly suppressed: boolean;
  /** As it is from now on, with what a person laid down. */
  readonly severity: Severity;
  readonly scannedAt: Date;
  readonly now: Date;
}

export const decisionActions = ["confirm", "accept-risk", "false-positive", "out-of-scope", "fixed", "reopen"] as const;

export type DecisionAction = (typeof decisionActions)[number];

/** A row of the table of states. One that leads to itself stays as it is. */
type Row<Cell> = Readonly<Record<FindingStatus, Cell>>;

const whenPresent: Row<(finding: FindingState, seen: Sight) => FindingStatus> = {
  open: () => "open",
  confirmed: () => "confirmed",
  // Of a claim that nobody dated, no report is known to be older.
  fixed: ({ decidedAt }, { scannedAt }) => (decidedAt === null || scannedAt > decidedAt ? "open" : "fixed"),
  resolved: (finding, seen) => (isCovered(finding.acceptance, seen) ? "accepted" : finding.lastOpen),
  accepted: ({ acceptance }, { severity }) => (isAbove(severity, acceptance) ? "open" : "accepted"),
  false_positive: () => "false_positive",
  out_of_scope: () => "out_of_scope",
  suppressed: ({ stated }) => (stated === true ? "suppressed" : "open"),
};

const whenSuppressed: Row<FindingStatus> = {
  open: "suppressed",
  confirmed: "confirmed",
  fixed: "fixed",
  resolved: "suppressed",
  accepted: "accepted",
  false_positive: "false_positive",
  out_of_scope: "out_of_scope",
  suppressed: "suppressed",
};

const whenAbsent: Row<"resolved" | null> = {
  open: "resolved",
  confirmed: "resolved",
  fixed: "resolved",
  resolved: null,
  accepted: "resolved",
  false_positive: null,
  out_of_scope: null,
  suppressed: "resolved",
};

const decisions: Readonly<Record<DecisionAction, Row<FindingStatus | "last open" | "refused">>> = {
  confirm: {
    open: "confirmed",
    confirmed: "confirmed",
    fixed: "refused",
    resolved: "refused",
    accepted: "confirmed",
    false_positive: "confirmed",
    out_of_scope: "confirmed",
    suppressed: "confirmed",
  },
  "accept-risk": allBut("resolved", "accepted"),
  "false-positive": allBut("resolved", "false_positive"),
  "out-of-scope": allBut("resolved", "out_of_scope"),
  fixed: {
    open: "fixed",
    confirmed: "fixed",
    fixed: "fixed",
    resolved: "resolved",
    accepted: "fixed",
    false_positive: "refused",
    out_of_scope: "refused",
    suppressed: "refused",
  },
  reopen: {
    open: "open",
    confirmed: "confirmed",
    fixed: "open",
    resolved: "last open",
    accepted: "open",
    false_positive: "open",
    out_of_scope: "open",
    // A person overrules the tool.
    suppressed: "confirmed",
  },
};

/** Leads every state to one, and refuses it to one. */
function allBut(refusing: FindingStatus, to: FindingStatus): Row<FindingStatus | "refused"> {
  const row: Row<FindingStatus | "refused"> = {
    open: to,
    confirmed: to,
    fixed: to,
    resolved: to,
    accepted: to,
    false_positive: to,
    out_of_scope: to,
    suppressed: to,
  };
  return { ...row, [refusing]: "refused" };
}

function isAbove(severity: Severity, acceptance: Acceptance | null): boolean {
  return acceptance !== null && severities.indexOf(severity) < severities.indexOf(acceptance.maxSeverity);
}

/** Whether an acceptance holds for what is seen now. */
function isCovered(acceptance: Acceptance | null, { severity, now }: Sight): boolean {
  return acceptance?.endedAt === null && acceptance.expiresAt > now && !isAbove(severity, acceptance);
}

/** The state that a finding has once a report shows it; null when it stays as it is. */
export function whenSeen(finding: FindingState, seen: Sight): FindingStatus | null {
  const { status } = finding;
  const to = seen.suppressed ? whenSuppressed[status] : whenPresent[status](finding, seen);
  return to === status ? null : to;
}

/** The state of a finding once a scan that may say so saw none of its locations any more; null when it stays as it is. */
export function whenGone(status: FindingStatus): "resolved" | null {
  return whenAbsent[status];
}

/** The state of a finding once a person lays down how severe it is; null when it stays as it is. */
export function whenRated(status: FindingStatus, severity: Severity, acceptance: Acceptance | null): "open" | null {
  return status === "accepted" && isAbove(severity, acceptance) ? "open" : null;
}

/** The state of a finding once its acceptance has expired or was revoked; null when it stays as it is. */
export function whenAcceptanceEnds(status: FindingStatus): "open" | null {
  return status === "accepted" ? "open" : null;
}

/**
 * What a person's decision does to a finding.
 *
 * @param lastOpen the open state that the finding had last: what was confirmed once is so again when it is reopened after it was gone
 */
export function whenDecided(
  action: DecisionAction,
  status: FindingStatus,
  lastOpen: OpenStatus,
): { readonly to: FindingStatus } | "unchanged" | "refused" {
  const cell = decisions[action][status];
  if (cell === "refused") return "refused";
  const to = cell === "last open" ? lastOpen : cell;
  return to === status ? "unchanged" : { to };
}
