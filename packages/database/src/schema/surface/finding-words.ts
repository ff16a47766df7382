/** What may become of a finding; `open` and `confirmed` are open. */
export const findingStatuses = [
  "open",
  "confirmed",
  "fixed",
  "resolved",
  "accepted",
  "false_positive",
  "out_of_scope",
  "suppressed",
] as const;
export type FindingStatus = (typeof findingStatuses)[number];

export const ruleKinds = ["vulnerability", "weakness", "misconfiguration", "exposure", "secret", "licence"] as const;

/** Why findings changed together. */
export const changeSetCauses = ["import", "decision", "expiry", "feed", "policy", "undo"] as const;
export type ChangeSetCause = (typeof changeSetCauses)[number];

/** How a finding changed. */
export const findingChangeKinds = [
  "opened",
  "reactivated",
  "resolved",
  "fixed",
  "confirmed",
  "accepted",
  "acceptance-ended",
  "false-positive",
  "out-of-scope",
  "suppressed",
  "reopened",
  "rescored",
  "exploited",
  "withdrawn",
  "restored",
  "assigned",
] as const;
export type FindingChangeKind = (typeof findingChangeKinds)[number];
