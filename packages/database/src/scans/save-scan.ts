import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { ConflictError } from "../errors/index.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { parseInput, recordId } from "../validation/input.ts";
import { type LightboxSummary, summarizeLightboxResults } from "./lightbox-summary.ts";
import { type HistoryTable, scanId, scanResults, target } from "./scan-fields.ts";
import { summarizeXasmResults, type XasmSummary } from "./xasm-summary.ts";

const scanInput = z.strictObject({
  scanId: scanId(),
  target: target(),
  results: scanResults(),
  userId: recordId().optional(),
});

/** A scan to be saved. */
export type ScanToSave = z.input<typeof scanInput>;

/** A scan as it was saved. */
export interface SavedScan<Summary> {
  id: number;
  status: string;
  timestamp: Date;
  summary: Summary;
}

interface ScanRow {
  scanId: string;
  target: string;
  status: string;
  results: JsonValue;
  summary: object;
  userId: number | undefined;
  now: Date;
}

interface LightboxRow extends ScanRow {
  tests: number;
  passed: number;
  failed: number;
}

interface TestColumns {
  total_tests?: number;
  passed_tests?: number;
  failed_tests?: number;
}

/** A scan that is saved again replaces what it found, and is there again if it was deleted. */
const saveInto = <Scan extends ScanRow>(table: HistoryTable, testsOf: (scan: Scan) => TestColumns) =>
  statement((sql, scan: Scan) => {
    const found = {
      timestamp: scan.now,
      status: scan.status,
      results_json: json(scan.results),
      summary_stats: json(scan.summary),
      updated_at: scan.now,
      ...testsOf(scan),
    };
    return sql
      .insertInto(table)
      .values({ ...found, scan_id: scan.scanId, target: scan.target, user_id: scan.userId, created_at: scan.now })
      .onConflict((conflict) =>
        conflict
          .column("scan_id")
          .doUpdateSet({ ...found, deleted_at: null, is_active: true })
          .whereRef(`${table}.user_id`, "is not distinct from", "excluded.user_id")
          .whereRef(`${table}.target`, "=", "excluded.target"),
      )
      .returning("id");
  });

const saveXasm = saveInto<ScanRow>("xasm_scan_history", () => ({}));
const saveLightbox = saveInto<LightboxRow>("lightbox_scan_history", ({ tests, passed, failed }) => ({
  total_tests: tests,
  passed_tests: passed,
  failed_tests: failed,
}));

function saved<Summary>(row: { id: number } | null, { status, now }: ScanRow, summary: Summary): SavedScan<Summary> {
  if (row === null) {
    throw new ConflictError("CONFLICT", {
      field: "scanId",
      message: "The scan id belongs to a scan of another user or target.",
    });
  }
  return { id: row.id, status, timestamp: now, summary };
}

/**
 * Saves an XASM scan with a summary of its results. Saving it again under its `scanId` replaces the results; a scan of
 * another user or another target is never replaced.
 *
 * @param db the database, or an open transaction
 * @param scan `scanId` (chosen by the caller, up to 255 characters), `target` (up to 2048 characters), `results` (a
 *   JSON object up to 16 MiB; its `subdomains`, `port_scan_results`, `cve_statistics`, `risk_score`, `risk_level` and
 *   `status` are read where they are there), `userId` (the owner)
 * @returns the id, status, time and summary
 * @throws {ValidationError} INVALID_INPUT with the path of each fault, such as `results.subdomains`
 * @throws {ConflictError} CONFLICT when the `scanId` belongs to a scan of another user or target
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @example
 * const { summary } = await saveXasmScan(db, {
 *   scanId: "nightly-1",
 *   target: "example.org",
 *   results: { subdomains: ["www.example.org"], port_scan_results: [{ port: 22, risk_level: "HIGH" }] },
 * });
 */
export async function saveXasmScan(db: Handle, scan: ScanToSave): Promise<SavedScan<XasmSummary>> {
  const { userId, ...input } = parseInput(scanInput, scan);
  const { status, summary } = summarizeXasmResults(input.results);
  const row = { ...input, userId, status, summary, now: db.clock.now() };
  return saved(await saveXasm.first(db, row), row, summary);
}

/**
 * Saves a Lightbox scan with a summary of its results; otherwise as `saveXasmScan`.
 *
 * @param db the database, or an open transaction
 * @param scan `scanId` (chosen by the caller, up to 255 characters), `target` (up to 2048 characters), `results` (a
 *   JSON object up to 16 MiB; its `total_tests`, `total_findings`, the lists `critical`, `high`, `medium` and `low`, and
 *   `status` are read where they are there), `userId` (the owner)
 * @returns the id, status, time and summary
 * @throws {ValidationError} INVALID_INPUT with the path of each fault, such as `results.critical`
 * @throws {ConflictError} CONFLICT when the `scanId` belongs to a scan of another user or target
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @example
 * const { summary } = await saveLightboxScan(db, {
 *   scanId: "nightly-2",
 *   target: "example.org",
 *   results: { total_tests: 12, high: [{ url: "https://example.org/.git/" }] },
 * });
 */
export async function saveLightboxScan(db: Handle, scan: ScanToSave): Promise<SavedScan<LightboxSummary>> {
  const { userId, ...input } = parseInput(scanInput, scan);
  const { status, summary } = summarizeLightboxResults(input.results);
  const { total_tests: tests, passed, failed } = summary;
  const row = { ...input, userId, status, summary, tests, passed, failed, now: db.clock.now() };
  return saved(await saveLightbox.first(db, row), row, summary);
}
