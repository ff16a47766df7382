import { type FindingStatus, isOpen } from "./statuses.ts";

/** Columns of a finding that follow from its state. */
export function columnsOfStatus(status: FindingStatus, now: Date) {
  return { status, isOpen: isOpen(status), resolvedAt: status === "resolved" ? now : null };
}
