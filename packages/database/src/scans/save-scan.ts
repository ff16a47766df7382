import { sql as fragment } from "kysely";
import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { companyOf } from "../access/company-of.ts";
import type { Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { ConflictError } from "../errors/index.ts";
import { changed } from "../operation/changed.ts";
import { changing } from "../operation/operation.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { lightboxScanHistory, xasmScanHistory } from "../schema/surface.ts";
import type { StoredFor } from "../quotas/bounds.ts";
import { countTowardsQuotas } from "../quotas/count-towards-quotas.ts";
import { JsonDocument, recordId } from "../validation/input.ts";
import { jsonBytesOf } from "../validation/json/json-document.ts";
import type { LightboxSummary } from "./lightbox-summary.ts";
import { type HistoryTable, scanId, scanResults, target } from "./scan-fields.ts";
import { summarize } from "./summarize.ts";
import type { XasmSummary } from "./xasm-summary.ts";

const scanInput = {
  scanId: scanId(),
  target: target(),
  results: scanResults(),
  userId: recordId().optional(),
};

type HistoryDefinition = typeof xasmScanHistory | typeof lightboxScanHistory;

/** A scan to be saved. */
export type ScanToSave = z.input<z.ZodObject<typeof scanInput>>;
type Scan = z.output<z.ZodObject<typeof scanInput>>;

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
  results: JsonValue | JsonDocument;
  summary: object;
  storedBytes: number;
  userId: number | null;
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

/** The keys of the index that tells scans apart: their company, and the id that the scanner gave. */
const companyKey = fragment`coalesce("company_id", 0)`;

/**
 * A scan that is saved again by the same user replaces what it found. One that was deleted makes room for whoever of its
 * company takes up its id.
 */
const saveInto = <Saved extends ScanRow>(table: HistoryTable, testsOf: (scan: Saved) => TestColumns) =>
  statement((sql, scan: Saved) => {
    const found = {
      timestamp: scan.now,
      status: scan.status,
      results_json: json(scan.results),
      summary_stats: json(scan.summary),
      stored_bytes: scan.storedBytes,
      updated_at: scan.now,
      ...testsOf(scan),
    };
    return sql
      .insertInto(table)
      .values({
        ...found,
        scan_id: scan.scanId,
        target: scan.target,
        user_id: scan.userId,
        company_id: companyOf(scan.userId),
        created_at: scan.now,
      })
      .onConflict((conflict) =>
        conflict
          .expression(fragment`${companyKey}, "scan_id"`)
          .doUpdateSet({
            ...found,
            user_id: (eb) => eb.ref("excluded.user_id"),
            target: (eb) => eb.ref("excluded.target"),
            deleted_at: null,
            is_active: true,
          })
          .where((eb) =>
            eb.or([
              eb(`${table}.deleted_at`, "is not", null),
              eb.and([
                eb(`${table}.user_id`, "is not distinct from", eb.ref("excluded.user_id")),
                eb(`${table}.target`, "=", eb.ref("excluded.target")),
              ]),
            ]),
          ),
      )
      .returning(["id", "user_id", "company_id"]);
  });

const saveXasm = saveInto<ScanRow>("xasm_scan_history", () => ({}));
const saveLightbox = saveInto<LightboxRow>("lightbox_scan_history", ({ tests, passed, failed }) => ({
  total_tests: tests,
  passed_tests: passed,
  failed_tests: failed,
}));

type Stored = StoredFor & { readonly id: number };

async function saved<Summary>(
  tx: Transaction,
  row: Stored | null,
  { status, now, summary, storedBytes }: ScanRow & { summary: Summary },
): Promise<SavedScan<Summary>> {
  if (row === null) {
    throw new ConflictError("CONFLICT", {
      field: "scanId",
      message: "The scan id belongs to a scan of another user or target.",
    });
  }
  await countTowardsQuotas(tx, row, storedBytes);
  return { id: row.id, status, timestamp: now, summary };
}

/** What is stored of a scan whoever saves it: the owner is who is named, else the caller. */
function rowOf<Summary extends object>(
  { userId, ...scan }: Scan,
  caller: Caller,
  { status, summary, now }: { status: string; summary: Summary; now: Date },
) {
  const storedBytes = jsonBytesOf(scan.results) + jsonBytesOf(summary);
  return { ...scan, status, summary, storedBytes, userId: userId ?? caller.actor.userId, now };
}

const audited = (on: HistoryDefinition, row: ScanRow, id: number) => ({
  action: "scan_saved",
  on,
  id,
  metadata: { scanId: row.scanId, target: row.target },
});

/** What came as text is too long to be written on the thread of the event loop. */
const isLarge = ({ results }: Scan) => results instanceof JsonDocument;

const savedAs = <Summary>() =>
  z
    .object({ id: z.int(), status: z.string(), timestamp: z.date(), summary: z.unknown() })
    .meta({ id: "SavedScan", description: "A scan as it was stored." }) as unknown as z.ZodType<SavedScan<Summary>>;

/**
 * Saves an XASM scan with a summary of its results. Saving it again under its `scanId` replaces the results; a scan of
 * another user or another target is never replaced, and one of another company never seen. Of the results, `subdomains`,
 * `port_scan_results`, `cve_statistics`, `risk_score`, `risk_level` and `status` are read where they are there. The owner is
 * `userId`, else the caller.
 *
 * @returns the id, status, time and summary
 * @throws {ValidationError} INVALID_INPUT with the path of each fault, such as `results.subdomains`
 * @throws {ConflictError} CONFLICT when the `scanId` belongs to a scan of another user or target of the same company
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @throws {QuotaError} QUOTA_EXCEEDED when its user or company would store more than may be
 * @example
 * const { summary } = await saveXasmScan(db, {
 *   scanId: "nightly-1",
 *   target: "example.org",
 *   results: { subdomains: ["www.example.org"], port_scan_results: [{ port: 22, risk_level: "HIGH" }] },
 * });
 */
export const saveXasmScan = changing({
  summary: "Store a scan; one's own scan of the same id and target is replaced",
  permission: "scan:write",
  input: scanInput,
  output: savedAs<XasmSummary>(),
  large: isLarge,
  prepare: (_db, { results }, caller) => summarize("xasm", results, caller),
  async run(tx, scan, caller, { status, summary }) {
    const row = rowOf(scan, caller, { status, summary, now: tx.clock.now() });
    const stored = await saved(tx, await saveXasm.first(tx, row), row);
    return changed(stored, audited(xasmScanHistory, row, stored.id));
  },
});

/**
 * Saves a Lightbox scan with a summary of its results; otherwise as `saveXasmScan`. Of the results, `total_tests`,
 * `total_findings`, the lists `critical`, `high`, `medium` and `low`, and `status` are read where they are there.
 *
 * @returns the id, status, time and summary
 * @throws {ValidationError} INVALID_INPUT with the path of each fault, such as `results.critical`
 * @throws {ConflictError} CONFLICT when the `scanId` belongs to a scan of another user or target of the same company
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @throws {QuotaError} QUOTA_EXCEEDED when its user or company would store more than may be
 * @example
 * const { summary } = await saveLightboxScan(db, {
 *   scanId: "nightly-2",
 *   target: "example.org",
 *   results: { total_tests: 12, high: [{ url: "https://example.org/.git/" }] },
 * });
 */
export const saveLightboxScan = changing({
  summary: "Store a scan; one's own scan of the same id and target is replaced",
  permission: "scan:write",
  input: scanInput,
  output: savedAs<LightboxSummary>(),
  large: isLarge,
  prepare: (_db, { results }, caller) => summarize("lightbox", results, caller),
  async run(tx, scan, caller, { status, summary }) {
    const { total_tests: tests, passed, failed } = summary;
    const row = { ...rowOf(scan, caller, { status, summary, now: tx.clock.now() }), tests, passed, failed };
    const stored = await saved(tx, await saveLightbox.first(tx, row), row);
    return changed(stored, audited(lightboxScanHistory, row, stored.id));
  },
});
