import { severities, type Severity } from "@nerve/formats";
import { after, day } from "../../database/durations.ts";
import { type FindingStatus, isOpen } from "./statuses.ts";

/** How many days findings of a severity may stay open; null for as long as they like. */
export interface SlaPolicy {
  readonly severity: Severity;
  readonly days: number | null;
  /** Of those that are known to be exploited. */
  readonly exploitedDays: number | null;
}

export const defaultSlaPolicies: readonly SlaPolicy[] = [
  { severity: "critical", days: 7, exploitedDays: 3 },
  { severity: "high", days: 30, exploitedDays: 7 },
  { severity: "medium", days: 90, exploitedDays: 14 },
  { severity: "low", days: 180, exploitedDays: 30 },
  { severity: "info", days: null, exploitedDays: null },
];

/** What a due date depends on. */
export interface Urgency {
  readonly status: FindingStatus;
  readonly severity: Severity;
  readonly exploited: boolean;
}

/** A finding with its dates. */
export interface Dated extends Urgency {
  /** When it was opened, the last time. */
  readonly openedAt: Date;
  readonly dueAt: Date | null;
}

/**
 * When a finding is due that was just opened, came back, or whose company changed its policies; null while it is not open, and where
 * it need never be done.
 *
 * @param openedAt when it was opened, the last time: a finding that comes back has its whole time again
 */
export function dueDate(
  { status, severity, exploited }: Urgency,
  openedAt: Date,
  policies: readonly SlaPolicy[],
): Date | null {
  if (!isOpen(status)) return null;
  const policy = policies.find((one) => one.severity === severity);
  const days = (exploited ? policy?.exploitedDays : policy?.days) ?? null;
  return days === null ? null : after(openedAt, days * day);
}

/**
 * When a finding is due that changes. One that becomes open begins anew; what becomes more urgent is never due later than it was, nor
 * overdue by that alone; what becomes less urgent has the time that it would have had.
 *
 * @param finding as it was
 * @param to as it is from now on
 */
export function changedDueDate(finding: Dated, to: Urgency, now: Date, policies: readonly SlaPolicy[]): Date | null {
  if (!isOpen(to.status)) return null;
  if (!isOpen(finding.status)) return dueDate(to, now, policies);
  const change = changeOf(finding, to);
  if (change === "same") return finding.dueAt;
  if (change === "less urgent") return dueDate(to, finding.openedAt, policies);
  return earlier(finding.dueAt, dueDate(to, now, policies));
}

function changeOf(from: Urgency, to: Urgency): "more urgent" | "less urgent" | "same" {
  const raised = severities.indexOf(from.severity) - severities.indexOf(to.severity);
  if (raised > 0 || (to.exploited && !from.exploited)) return "more urgent";
  return raised < 0 || from.exploited !== to.exploited ? "less urgent" : "same";
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
