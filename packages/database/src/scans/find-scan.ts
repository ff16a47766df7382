import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { shapedStatement } from "../database/statement.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { parseInput } from "../validation/input.ts";
import { type HistoryTable, inScope, type Scope, scanId, scopeFields } from "./scan-fields.ts";

/** A scan by its id, and whose it has to be. */
export const scanInScope = z.strictObject({ scanId: scanId(), ...scopeFields });
export type ScanInScope = z.input<typeof scanInScope>;

/** An XASM scan with its results. */
export interface XasmScanWithResults {
  id: number;
  scanId: string;
  target: string;
  timestamp: Date;
  status: string;
  userId: number | null;
  results: JsonValue | null;
  summary: JsonValue | null;
}

/** A Lightbox scan with its results. */
export interface LightboxScanWithResults extends XasmScanWithResults {
  totalTests: number | null;
  passedTests: number | null;
  failedTests: number | null;
}

type Wanted = Scope & { scanId: string };

const columns = [
  "id",
  "scan_id",
  "target",
  "timestamp",
  "status",
  "user_id",
  "results_json as results",
  "summary_stats as summary",
] as const;

const testColumns = ["total_tests", "passed_tests", "failed_tests"] as const;

const findIn = (table: HistoryTable, moreColumns: readonly (typeof testColumns)[number][]) =>
  shapedStatement((sql, wanted: Wanted) =>
    sql
      .selectFrom(table)
      .select([...columns, ...moreColumns])
      .where("scan_id", "=", wanted.scanId)
      .where("deleted_at", "is", null)
      .where(inScope(sql, wanted)),
  );

const findXasm = findIn("xasm_scan_history", []);
const findLightbox = findIn("lightbox_scan_history", testColumns);

/**
 * Finds an XASM scan with its results.
 *
 * @param db the database, or an open transaction
 * @param scan `scanId`, and `userId` (the owner) or `companyId` to find that user's or that company's scans only
 * @returns the scan; null when there is none, it is deleted or it is somebody else's
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const scan = await getXasmScanById(db, { scanId: "nightly-1" });
 */
export async function getXasmScanById(db: Handle, scan: ScanInScope): Promise<XasmScanWithResults | null> {
  return findXasm.first(db, parseInput(scanInScope, scan));
}

/**
 * Finds a Lightbox scan with its results.
 *
 * @param db the database, or an open transaction
 * @param scan as for `getXasmScanById`
 * @returns the scan; null when there is none, it is deleted or it is somebody else's
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const scan = await getLightboxScanById(db, { scanId: "nightly-1" });
 */
export async function getLightboxScanById(db: Handle, scan: ScanInScope): Promise<LightboxScanWithResults | null> {
  return findLightbox.first(db, parseInput(scanInScope, scan));
}
