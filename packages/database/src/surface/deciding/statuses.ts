import type { FindingStatus } from "../../schema/surface/finding-words.ts";

export { type FindingStatus, findingStatuses } from "../../schema/surface/finding-words.ts";

export type OpenStatus = Extract<FindingStatus, "open" | "confirmed">;

/** Tells whether a finding in this state is something to be done. */
export function isOpen(status: FindingStatus): status is OpenStatus {
  return status === "open" || status === "confirmed";
}
