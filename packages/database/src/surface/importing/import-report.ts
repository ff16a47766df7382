import type { z } from "zod";
import { type Caller, systemCaller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import { type Handle, Transaction } from "../../database/handle.ts";
import { rehearse } from "../../database/rehearse.ts";
import { fetchFirst } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { NotFoundError } from "../../errors/index.ts";
import { companies } from "../../schema/core.ts";
import { parseInput } from "../../validation/input.ts";
import { type Survey, withReader } from "../reading/report-reader.ts";
import { companyInQuestion } from "../reach/company-in-question.ts";
import { type PreparedSlice, prepareSlice } from "./merging/prepare-slice.ts";
import { preparedBy } from "./running/begin-import.ts";
import { importInSlices } from "./running/import-in-slices.ts";
import { importReading, importWhole } from "./running/import-whole.ts";
import { readReceipt } from "./report/read-receipt.ts";
import type { ImportReceipt } from "./report/receipt.ts";
import {
  importSchema,
  mostOfTransaction,
  type Options,
  type Report,
  type ReportToImport,
} from "./report/report-to-import.ts";
import { whenItsTurn } from "./running/series-turn.ts";
import { withSeriesMapping } from "./report/series-mapping.ts";
import { readSlices } from "./report/slices.ts";
import { findUnfinished, takeUpImport } from "./running/take-up-import.ts";

/**
 * Takes in a report of a scanner: what it saw becomes assets and findings, which are opened, seen again, or closed where the report may
 * say so. The same report again changes nothing, and no decision of a person is overwritten.
 *
 * A report of up to 500 records (`sliceRecords`) is one transaction. A larger one is merged in slices, and closes nothing before the last;
 * what aborts it amid them leaves it unfinished, for `resumeImports` or `undoImport`.
 *
 * @param db the database; an open transaction takes reports of up to 5,000 records at once
 * @param report `source` (its name and what opens it, as often as asked; see `reportFile`), `companyId` (default the caller's, or the only one),
 *   and what the report does not say itself: `format` (`auto` finds it out), `mapping` (headings of a CSV by field, which its series remembers), `target` (what was scanned), `series` (the repeated scan that it belongs to), `scannedAt`. What it
 *   may close: `covers` (targets), `complete` (all that its series ever saw), `partial` (nothing), `close` (`covered`, `never`, or `unheld`
 *   where not even suspiciously much is held back). `asNewest`, `scanId` (the caller's name of the scan), `fileName`, `dryRun` (tells what it
 *   would do), `waitMs` (for another import of its series), `onProgress`, `signal`
 * @param caller who imports it; default the system
 * @returns the receipt; that of the former import where `scanId` names one that is done; where it names one that is unfinished or has failed,
 *   that one goes on
 * @throws {ReportError} FORMAT_UNKNOWN, REPORT_MALFORMED, REPORT_UNSAFE, REPORT_TOO_LARGE: nothing was stored
 * @throws {ReportError} REPORT_OUT_OF_DATE when its series has a newer one of the same assets; `asNewest` takes it all the same
 * @throws {ReportError} IMPORT_RUNNING when another import of the series did not end in time
 * @throws {NotFoundError} NOT_FOUND when there is no such company within reach
 * @throws {ConflictError} COMPANY_NEEDED when the caller reaches several and none is named
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "scanned.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://www.scanned.example", severity: "low" });
 * const source = {
 *   name: "findings.jsonl",
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * const { importId } = await importReport(db, { companyId, source, format: "nerve" });
 */
export async function importReport(
  db: Handle,
  report: ReportToImport,
  caller: Caller = systemCaller,
): Promise<ImportReceipt> {
  const { source, onProgress, signal, ...given } = report;
  const options = await withSeriesMapping(db, await forCompany(db, parseInput(importSchema, given), caller));
  const former = await findFormer(db, options);
  if (former?.status === "done" || former?.status === "partial") return readReceipt(db, former.id);
  const unfinished = former === null ? null : await findUnfinished(db, former.id);
  return withReader(source, { signal, owner: `company ${options.companyId}` }, async (reader) => {
    const survey = await reader.survey({ format: options.format, mapping: options.mapping });
    const surveyed: Report = { reader, survey, signal, onProgress };
    return unfinished === null
      ? importSurveyed(db, surveyed, options, caller)
      : takeUpImport(db, unfinished, surveyed, options);
  });
}

/** Finds the company that a report is for. */
async function forCompany(db: Handle, options: z.output<typeof importSchema>, caller: Caller): Promise<Options> {
  const companyId = await companyInQuestion(db, caller, options.companyId);
  if (companyId === null) throw new NotFoundError();
  await requireWithin(db, companies, companyId, caller);
  return { ...options, companyId };
}

/** The import that a scan is already known by. */
async function findFormer(db: Handle, { companyId, scanId, dryRun }: Options) {
  if (scanId === undefined || dryRun) return null;
  const query = db.sql
    .selectFrom("scan_imports")
    .select(["id", "status"])
    .where("company_id", "=", companyId)
    .where("scan_id", "=", scanId);
  return fetchFirst(db, query);
}

/** How many records the second pass will give. */
function recordsIn({ counts }: Survey): number {
  return ["hosts", "services", "links", "checks", "findings"].reduce((sum, name) => sum + Number(counts[name] ?? 0), 0);
}

async function importSurveyed(db: Handle, report: Report, options: Options, caller: Caller): Promise<ImportReceipt> {
  const records = recordsIn(report.survey);
  const confined = { company: options.companyId, large: true };
  const inTurn = (run: () => Promise<ImportReceipt>) => whenItsTurn(run, options.waitMs, report.signal);
  if (options.dryRun && records > options.sliceRecords)
    return inTurn(() => rehearse(db, (tx) => importReading(tx, report, options, caller), confined));
  // In a transaction of the caller's, slices would end nobody's wait.
  const isSmall = records <= (db instanceof Transaction ? mostOfTransaction : options.sliceRecords);
  if (!isSmall) return importInSlices(db, report, options, caller);
  const by = preparedBy(report.survey, options.target ?? null);
  const slices: PreparedSlice[] = [];
  for await (const slice of readSlices(report, options)) slices.push(await prepareSlice(db, slice, by, options));
  const whole = (tx: Transaction) => importWhole(tx, { ...report, slices }, options, caller);
  return inTurn(() => (options.dryRun ? rehearse(db, whole, confined) : transaction(db, whole, confined)));
}
