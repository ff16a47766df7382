import { sql as fragment } from "kysely";
import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { companyOf } from "../access/company-of.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { ConflictError } from "../errors/index.ts";
import { changed } from "../operation/changed.ts";
import { changing } from "../operation/operation.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import type { ImportReceipt } from "../surface/index.ts";
import { lightboxScanHistory, xasmScanHistory } from "../schema/surface/scans.ts";
import type { StoredFor } from "../quotas/bounds.ts";
import { countTowardsQuotas } from "../quotas/count-towards-quotas.ts";
import { JsonDocument, recordId } from "../validation/input.ts";
import { jsonBytesOf } from "../validation/json/json-document.ts";
import type { LightboxSummary } from "./lightbox-summary.ts";
import { type HistoryTable, scanId, scanResults, target } from "./scan-fields.ts";
import { companyToFeed } from "./feeding/company-to-feed.ts";
import { type Fed, feedScan, type NotFed } from "./feeding/feed-scan.ts";
import { countRecords, type ReadScan, type ScanKind } from "./feeding/read-scan.ts";
import { type Digested, digestResults } from "./summarize.ts";
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
  /** What became of its findings; null where they were not taken in. */
  findings: ImportReceipt | null;
  /** Why they were not: `no-company`, or the code of an error; null where they were. */
  reason: NotFed | null;
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

/** Counts what was stored. */
async function requireStored(tx: Transaction, row: Stored | null, { storedBytes }: ScanRow): Promise<number> {
  if (row === null) {
    throw new ConflictError("CONFLICT", {
      field: "scanId",
      message: "The scan id belongs to a scan of another user or target.",
    });
  }
  await countTowardsQuotas(tx, row, storedBytes);
  return row.id;
}

/** Records that are merged in the transaction that saves their scan: as many as an import merges in one. */
const mostRecords = 5000;
/** Above so many, SQLite writes them on a thread. */
const fewRecords = 100;

/** Sums up, and reads the records for the company that there is for them. */
async function digest<Kind extends ScanKind>(
  db: Handle,
  kind: Kind,
  scan: Scan,
  caller: Caller,
): Promise<Digested<Kind>> {
  const companyId = await companyToFeed(db, { ownerId: ownerOf(scan, caller), target: scan.target }, caller);
  return digestResults(kind, scan.results, companyId === null ? null : mostRecords, caller);
}

/** Takes in the findings; after the rows of the scan, since names are held after rows are locked. */
async function feed(tx: Transaction, scan: Scan, { reading }: Digested, caller: Caller): Promise<Fed> {
  const companyId = await companyToFeed(tx, { ownerId: ownerOf(scan, caller), target: scan.target }, caller);
  if (companyId === null || reading === null) return { findings: null, reason: "no-company" };
  return feedScan(tx, { companyId, target: scan.target, name: scan.scanId }, reading, caller);
}

const ownerOf = ({ userId }: Scan, { actor }: Caller) => userId ?? actor.userId;

/** What is stored of a scan whoever saves it: the owner is who is named, else the caller. */
function rowOf<Summary extends object>(
  scan: Scan,
  caller: Caller,
  { status, summary, now }: { status: string; summary: Summary; now: Date },
) {
  const storedBytes = jsonBytesOf(scan.results) + jsonBytesOf(summary);
  return { ...scan, status, summary, storedBytes, userId: ownerOf(scan, caller), now };
}

const audited = (on: HistoryDefinition, row: ScanRow, id: number) => ({
  action: "scan_saved",
  on,
  id,
  metadata: { scanId: row.scanId, target: row.target },
});

/** What came as text, or brings many records, is too much to be written on the thread of the event loop. */
function isLarge({ results }: Scan, { reading }: Digested): boolean {
  return results instanceof JsonDocument || (isRead(reading) && countRecords(reading) > fewRecords);
}

const isRead = (reading: Digested["reading"]): reading is ReadScan => reading !== null && "slices" in reading;

const savedAs = <Summary>() =>
  z
    .object({
      id: z.int(),
      status: z.string(),
      timestamp: z.date(),
      summary: z.unknown(),
      findings: z.unknown().meta({ description: "The receipt of its findings; null where they were not taken in." }),
      reason: z
        .string()
        .nullable()
        .meta({ description: "Why its findings were not taken in: `no-company`, or the code of an error." }),
    })
    .meta({ id: "SavedScan", description: "A scan as it was stored." }) as unknown as z.ZodType<SavedScan<Summary>>;

/**
 * Saves an XASM scan with a summary of its results. Saving it again under its `scanId` replaces the results; a scan of
 * another user or another target is never replaced, and one of another company never seen. Of the results, `subdomains`,
 * `port_scan_results`, `cve_statistics`, `risk_score`, `risk_level` and `status` are read where they are there. The owner is
 * `userId`, else the caller.
 *
 * What the scan found becomes findings in the same transaction, as `importReport` makes them of a report of the format `xasm` and the
 * series of its target: those of the owner's company, else of the company in one of whose domains the target lies. Where they cannot
 * be taken in the scan is saved all the same, and `reason` says why: `no-company`; REPORT_TOO_LARGE above 5,000 records;
 * REPORT_OUT_OF_DATE; IMPORT_RUNNING; or the code of another error. Deleting the scan touches none of them.
 *
 * @returns the id, status, time and summary, and `findings`: the receipt, or null with the `reason`
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
  prepare: (db, scan, caller) => digest(db, "xasm", scan, caller),
  async run(tx, scan, caller, digested) {
    const { status, summary } = digested;
    const row = rowOf(scan, caller, { status, summary, now: tx.clock.now() });
    const id = await requireStored(tx, await saveXasm.first(tx, row), row);
    const fed = await feed(tx, scan, digested, caller);
    return changed({ id, status, timestamp: row.now, summary, ...fed }, audited(xasmScanHistory, row, id));
  },
});

/**
 * Saves a Lightbox scan with a summary of its results; otherwise as `saveXasmScan`. Of the results, `total_tests`,
 * `total_findings`, the lists `critical`, `high`, `medium` and `low`, and `status` are read where they are there.
 *
 * @returns the id, status, time and summary, and `findings`: the receipt, or null with the `reason`
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
  prepare: (db, scan, caller) => digest(db, "lightbox", scan, caller),
  async run(tx, scan, caller, digested) {
    const { status, summary } = digested;
    const { total_tests: tests, passed, failed } = summary;
    const row = { ...rowOf(scan, caller, { status, summary, now: tx.clock.now() }), tests, passed, failed };
    const id = await requireStored(tx, await saveLightbox.first(tx, row), row);
    const fed = await feed(tx, scan, digested, caller);
    return changed({ id, status, timestamp: row.now, summary, ...fed }, audited(lightboxScanHistory, row, id));
  },
});
