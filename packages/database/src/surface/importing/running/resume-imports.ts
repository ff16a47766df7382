import { rm } from "node:fs/promises";
import { z } from "zod";
import type { Handle } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { DatabaseError } from "../../../errors/index.ts";
import { parseInput, recordId, text } from "../../../validation/input.ts";
import { type ReportFile, reportFile } from "../../reading/report-file.ts";
import { withReader } from "../../reading/report-reader.ts";
import { findSpooled } from "../../spooling/spool-report.ts";
import { failImport } from "./fail-import.ts";
import { readReceipt } from "../report/read-receipt.ts";
import type { ImportReceipt } from "../report/receipt.ts";
import { ReportError } from "../report/report-errors.ts";
import { type ImportProgress, sliceField } from "../report/report-to-import.ts";
import { findUnfinished, optionsOf, takeUpImport, type Unfinished } from "./take-up-import.ts";

/** Imports that are resumed in one call. */
const mostAtOnce = 100;

const resumeSchema = z.strictObject({
  /** Where the server puts reports while they are taken in. */
  folder: text({ min: 1, max: 4096 }).optional(),
  /** This import only; also one that has failed. */
  id: recordId().optional(),
  /** Its report, where it is not in the folder. */
  file: text({ min: 1, max: 4096 }).optional(),
  sliceRecords: sliceField,
  /** How long it waits for another import of the series. */
  waitMs: z.int().min(0).max(600_000).default(0),
});

/** What became of imports that had not come to their end. */
export interface ResumedImports {
  /** Those that have now. */
  readonly receipts: readonly ImportReceipt[];
  /** Those that never will by themselves, and why. */
  readonly failed: readonly { readonly importId: number; readonly code: string; readonly message: string }[];
  /** Those that another process may be at: they have a turn for so long as it says that it is. */
  readonly waiting: readonly number[];
}

/**
 * Goes on with imports of several slices whose process died, or was stopped, among them: the report is merged again from its beginning, and
 * what was merged before stays as it is. Where the report is no longer there, the import has failed.
 *
 * @param db the database
 * @param options `folder`: where the reports of unfinished imports are; or `id` of one import, a failed one too, and its `file`;
 *   `waitMs` (default 0) for another import of the series; `onProgress`, `signal`
 * @returns the receipts of those that came to their end, those that failed, and those that another process may be at
 * @throws {NotFoundError} NOT_FOUND when there is no import `id`
 * @throws {ReportError} REPORT_MALFORMED, REPORT_UNSAFE, REPORT_TOO_LARGE, REPORT_OUT_OF_DATE, IMPORT_RUNNING of the one import that `id` names
 * @throws {DatabaseError} FILE_UNUSABLE when the report of the one import that `id` names is not there
 * @example
 * const { receipts, failed, waiting } = await resumeImports(db, { folder: "data/imports" });
 */
export async function resumeImports(
  db: Handle,
  {
    onProgress,
    signal,
    ...given
  }: z.input<typeof resumeSchema> & {
    readonly onProgress?: (progress: ImportProgress) => void;
    readonly signal?: AbortSignal;
  },
): Promise<ResumedImports> {
  const options = parseInput(resumeSchema, given);
  const resume = async (id: number) => {
    const unfinished = await findUnfinished(db, id);
    if (unfinished === null) return readReceipt(db, id);
    const source = await reportOf(unfinished, options);
    const { companyId, format } = unfinished;
    const receipt = await withReader(source, { signal, owner: `company ${companyId}` }, async (reader) => {
      const survey = await reader.survey({ format, mapping: optionsOf(unfinished).mapping });
      return takeUpImport(db, unfinished, { reader, survey, signal, onProgress }, options);
    });
    if (options.file === undefined) await rm(source.path, { force: true });
    return receipt;
  };
  if (options.id !== undefined) return { receipts: [await resume(options.id)], failed: [], waiting: [] };
  const resumed = {
    receipts: [] as ImportReceipt[],
    failed: [] as ResumedImports["failed"][number][],
    waiting: [] as number[],
  };
  for (const { id, companyId, importingUntil } of await listUnfinished(db)) {
    signal?.throwIfAborted();
    // Before its report is read for nothing.
    if (importingUntil !== null && importingUntil > db.clock.now()) {
      resumed.waiting.push(id);
      continue;
    }
    try {
      resumed.receipts.push(await resume(id));
    } catch (error) {
      if (!(error instanceof DatabaseError) || signal?.aborted === true) throw error;
      if (error.code === "IMPORT_RUNNING") resumed.waiting.push(id);
      else if (error instanceof ReportError || error.code === "FILE_UNUSABLE") {
        await failImport(db, { importId: id, companyId: companyId as number }, error);
        resumed.failed.push({ importId: id, code: error.code, message: error.message });
      } else throw error;
    }
  }
  return resumed;
}

async function listUnfinished(db: Handle) {
  const query = db.sql
    .selectFrom("scan_imports")
    .innerJoin("scan_series", "scan_series.id", "scan_imports.series_id")
    .select(["scan_imports.id", "scan_imports.company_id", "importing_until"])
    .where("status", "=", "merging")
    .orderBy("scan_imports.id")
    .limit(mostAtOnce);
  return fetchAll(db, query);
}

async function reportOf(
  { id, sha256 }: Unfinished,
  { folder, file }: z.output<typeof resumeSchema>,
): Promise<ReportFile> {
  if (file !== undefined) return reportFile(file);
  const spooled = folder === undefined ? null : await findSpooled(folder, sha256);
  if (spooled !== null) return spooled;
  throw new DatabaseError("FILE_UNUSABLE", {
    message: `The report of import ${id} is no longer there.`,
    help: "Resume it with the file, or take it back and import the report again.",
  });
}
