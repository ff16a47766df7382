import type { Caller } from "../access/caller.ts";
import { type Reaching, reachOf } from "../access/within.ts";
import { jsonDocument, recordId, text } from "../validation/input.ts";

/** Most bytes of a scan's results as JSON: 16 MiB. */
const maxResultsBytes = 16_777_216;

/** Fields that the inputs of several functions on scans share. */
export const scanId = () => text({ min: 1, max: 255 });
export const target = () => text({ min: 1, max: 2048 });
export const scanResults = () =>
  jsonDocument({
    maxBytes: maxResultsBytes,
    description: "What the scanner found: a JSON object of at most 16 MiB.",
  });

/** The tables whose scans somebody keeps, and those whose scans are there for a time only. */
export type HistoryTable = "xasm_scan_history" | "lightbox_scan_history";
export type ShortLivedTable = "scan_results_xasm" | "scan_results_lightbox";

/** What a Lightbox scan tells of its tests. */
export const testColumns = ["total_tests", "passed_tests", "failed_tests"] as const;

/** Whose scans are meant, beyond what the caller reaches. */
export const ownerFields = { userId: recordId().optional(), companyId: recordId().optional() };

/** Whose scans are meant, as shaped statements take it. */
export interface Owned extends Reaching {
  userId?: number | undefined;
  companyId?: number | undefined;
}

/** The owner that was asked for and the caller's reach, as parameters of a shaped statement. */
export function ownedWithin<Input extends { userId?: number | undefined; companyId?: number | undefined }>(
  input: Input,
  caller: Caller,
): Input & Reaching {
  return { ...input, ...reachOf(caller) };
}
