/** The states of a finding, those that are open first. */
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
export type OpenStatus = Extract<FindingStatus, "open" | "confirmed">;

/** Tells whether a finding in this state is something to be done. */
export function isOpen(status: FindingStatus): status is OpenStatus {
  return status === "open" || status === "confirmed";
}
