import type { Caller } from "../../../access/caller.ts";
import type { Handle, Transaction } from "../../../database/handle.ts";
import { fetchFirst } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { BusyError, DatabaseConnectionError } from "../../../errors/index.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import { beginImport, type Begun } from "./begin-import.ts";
import { failImport } from "./fail-import.ts";
import { finishImport } from "./finish-import.ts";
import type { ImportRun } from "./import-run.ts";
import { mergeSlice } from "../merging/merge-slice.ts";
import { prepareSlice } from "../merging/prepare-slice.ts";
import type { ImportReceipt } from "../report/receipt.ts";
import { refuseOutdatedReport } from "../report/refuse-outdated.ts";
import { ReportError } from "../report/report-errors.ts";
import type { Options, Report } from "../report/report-to-import.ts";
import { keepTurn, whenItsTurn, whileTurnKept } from "./series-turn.ts";
import { readSlices } from "../report/slices.ts";

/** Takes in a report in several transactions; what is closed is in the last. */
export async function importInSlices(
  db: Handle,
  report: Report,
  options: Options,
  caller: Caller,
): Promise<ImportReceipt> {
  const begin = async (tx: Transaction) => {
    const begun = await beginImport(tx, report, options, caller);
    await keepTurn(tx, begun.run.seriesId);
    return begun;
  };
  const confined = { company: options.companyId, large: true };
  const begun = await whenItsTurn(() => transaction(db, begin, confined), options.waitMs, report.signal);
  return mergeInSlices(db, begun, report, options, caller);
}

/**
 * Merges a report slice by slice, and ends its import. Where it is aborted, or the database is out of reach, the import stays unfinished:
 * `resumeImports` begins it again, and `undoImport` takes it back.
 */
export async function mergeInSlices(
  db: Handle,
  begun: Begun,
  report: Report,
  options: Options,
  caller: Caller,
): Promise<ImportReceipt> {
  const { run } = begun;
  const { importId } = run;
  report.onProgress?.({ importId, records: 0 });
  try {
    return await whileTurnKept(db, run.seriesId, async () => {
      await mergeAll(db, begun, report, options);
      return inImport(db, run, (tx) => finishImport(tx, begun, options, caller));
    });
  } catch (error) {
    const goesOn = error instanceof BusyError || error instanceof DatabaseConnectionError;
    if (report.signal?.aborted !== true && !goesOn) await failImport(db, run, error);
    throw error;
  }
}

async function mergeAll(db: Handle, begun: Begun, report: Report, options: Options): Promise<void> {
  const { run, merging } = begun;
  await refuseOutdatedReport(db, begun, report, options);
  for await (const records of readSlices(report, options)) {
    const slice = await prepareSlice(db, records, merging.preparing, options);
    report.signal?.throwIfAborted();
    await inImport(db, run, async (tx) => {
      await keepTurn(tx, run.seriesId);
      await mergeSlice(tx, run, slice, merging);
    });
    report.onProgress?.({ importId: run.importId, records: run.counts.records });
  }
  report.signal?.throwIfAborted();
}

/** A transaction of an import that is still this process's: nobody has taken it back, or ended it in the process's stead. */
async function inImport<T>(db: Handle, run: ImportRun, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const guarded = async (tx: Transaction) => {
    await holdFindings(tx, run.companyId);
    const query = tx.sql.selectFrom("scan_imports").select("status").where("id", "=", run.importId);
    if ((await fetchFirst(tx, query))?.status === "merging") return work(tx);
    throw new ReportError("IMPORT_RUNNING", { message: `Import ${run.importId} was taken back, or ended elsewhere.` });
  };
  return transaction(db, guarded, { company: run.companyId, large: true });
}
