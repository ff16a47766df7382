import { systemCallerFor } from "../../../access/caller.ts";
import type { Handle, Transaction } from "../../../database/handle.ts";
import { fetchFirst } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { NotFoundError } from "../../../errors/index.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import { parseInput } from "../../../validation/input.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import { loadPolicies } from "../../policies/load-policies.ts";
import type { Survey } from "../../reading/report-reader.ts";
import { type Begun, preparedBy } from "./begin-import.ts";
import { findFollowers } from "../closing/confirm-closures.ts";
import type { ResolvedCoverage } from "../closing/coverage.ts";
import { failImport } from "./fail-import.ts";
import { mergeInSlices } from "./import-in-slices.ts";
import { newRun } from "./import-run.ts";
import type { ImportReceipt } from "../report/receipt.ts";
import { recallRun } from "./recall-run.ts";
import { ReportError } from "../report/report-errors.ts";
import { importSchema, type Options, type Report } from "../report/report-to-import.ts";
import { keepTurn, requireTurn, whenItsTurn } from "./series-turn.ts";

/** An import that did not come to its end, as far as going on with it takes. */
export type Unfinished = NonNullable<Awaited<ReturnType<typeof findUnfinished>>>;

/** Finds an import that did not come to its end; null where it did, was taken back, or never began. */
export async function findUnfinished(db: Handle, importId: number) {
  const query = db.sql
    .selectFrom("scan_imports")
    .select(["id", "company_id", "series_id", "status", "format", "sha256", "target", "scanned_at", "coverage"])
    .select(["options", "user_id"])
    .where("id", "=", importId);
  const row = await fetchFirst(db, query);
  if (row === null) throw new NotFoundError();
  const isUnfinished = row.status === "merging" || (row.status === "failed" && row.coverage !== null);
  return isUnfinished ? { ...row, companyId: row.companyId as number } : null;
}

/** What the caller of an import asked for, as far as it was written down. */
export function optionsOf({ options }: Unfinished) {
  const given = Object.entries((options ?? {}) as Record<string, unknown>).filter(([, value]) => value !== null);
  return Object.fromEntries(given) as { readonly mapping?: Readonly<Record<string, string>> };
}

type Going = Pick<Options, "sliceRecords" | "waitMs">;

/** Goes on with an import, from the beginning of its report. */
export async function takeUpImport(
  db: Handle,
  unfinished: Unfinished,
  report: Report,
  { sliceRecords, waitMs }: Going,
): Promise<ImportReceipt> {
  const { id: importId, companyId } = unfinished;
  const given = { ...optionsOf(unfinished), companyId, sliceRecords, waitMs };
  const options: Options = { ...parseInput(importSchema, given), companyId };
  const takeUp = () =>
    transaction(db, (tx) => recall(tx, unfinished, report.survey), { company: companyId, large: true });
  try {
    const begun = await whenItsTurn(takeUp, waitMs, report.signal);
    return await mergeInSlices(db, begun, report, options, systemCallerFor({ userId: unfinished.userId }));
  } catch (error) {
    const isOver = error instanceof ReportError && error.code === "REPORT_OUT_OF_DATE";
    if (isOver) await failImport(db, { importId, companyId }, error);
    throw error;
  }
}

async function recall(tx: Transaction, unfinished: Unfinished, survey: Survey): Promise<Begun> {
  const { id: importId, companyId, seriesId, sha256, target: targetName, scannedAt, userId } = unfinished;
  await holdFindings(tx, companyId);
  if ((await findUnfinished(tx, importId)) === null)
    throw new ReportError("IMPORT_RUNNING", { message: `Import ${importId} was taken back, or ended elsewhere.` });
  if (survey.sha256 !== sha256)
    throw new ReportError("REPORT_MALFORMED", { message: `This is not the report that import ${importId} is of.` });
  await requireTurn(tx, seriesId);
  const later = await findFollowers(tx, seriesId, importId);
  if (later !== null)
    throw new ReportError("REPORT_OUT_OF_DATE", {
      message: `Import ${later} of the same series has spoken of the same assets since.`,
    });
  await changeRow(tx, scanImports, importId, { status: "merging", errorCode: null, finishedAt: null });
  await keepTurn(tx, seriesId);
  const run = newRun({ importId, companyId, seriesId, survey, scannedAt, now: tx.clock.now(), userId });
  await recallRun(tx, run);
  const preparing = preparedBy(survey, targetName);
  return {
    run,
    merging: { preparing, policies: await loadPolicies(tx, companyId) },
    coverage: unfinished.coverage as unknown as ResolvedCoverage,
  };
}
