import type { Caller } from "../../../access/caller.ts";
import type { Transaction } from "../../../database/handle.ts";
import { beginImport } from "./begin-import.ts";
import { finishImport } from "./finish-import.ts";
import { mergeSlice } from "../merging/merge-slice.ts";
import { prepareSlice, type PreparedSlice } from "../merging/prepare-slice.ts";
import type { ImportReceipt } from "../report/receipt.ts";
import { refuseOutdated, refuseOutdatedReport } from "../report/refuse-outdated.ts";
import type { Options, Report } from "../report/report-to-import.ts";
import { readSlices } from "../report/slices.ts";

/** A report that was read and prepared before the transaction began, in which nothing is awaited but the database. */
export type WholeReport = Pick<Report, "survey"> & { readonly slices: readonly PreparedSlice[] };

/** Takes in a report in the transaction given. */
export async function importWhole(
  tx: Transaction,
  report: WholeReport,
  options: Options,
  caller: Caller,
): Promise<ImportReceipt> {
  const begun = await beginImport(tx, report, options, caller);
  await refuseOutdated(tx, begun, report.slices, options);
  for (const slice of report.slices) await mergeSlice(tx, begun.run, slice, begun.merging);
  return finishImport(tx, begun, options, caller);
}

/**
 * The same of a report that is too large to be held in memory, in a transaction that is taken back: each slice is read and prepared when the
 * one before it is merged. A key that is made for its secrets goes with the transaction.
 */
export async function importReading(
  tx: Transaction,
  report: Report,
  options: Options,
  caller: Caller,
): Promise<ImportReceipt> {
  const begun = await beginImport(tx, report, options, caller);
  const { run, merging } = begun;
  await refuseOutdatedReport(tx, begun, report, options);
  for await (const records of readSlices(report, options)) {
    report.signal?.throwIfAborted();
    await mergeSlice(tx, run, await prepareSlice(tx, records, merging.preparing, { dryRun: false }), merging);
  }
  return finishImport(tx, begun, options, caller);
}
