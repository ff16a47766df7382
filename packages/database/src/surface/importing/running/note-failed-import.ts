import { formats } from "@nerve/formats";
import { type Caller, systemCaller } from "../../../access/caller.ts";
import { requireWithin } from "../../../access/require-within.ts";
import type { Handle, Transaction } from "../../../database/handle.ts";
import { fetchFirst, runQuery } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { DatabaseError } from "../../../errors/index.ts";
import { insertRow } from "../../../rows/insert-row.ts";
import { companies } from "../../../schema/core.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import type { SpooledReport } from "../../spooling/spool-report.ts";
import { ReportError } from "../report/report-errors.ts";
import { codeOfFailure } from "./fail-import.ts";
import { findOrMakeSeries } from "./series-turn.ts";

/** What is known of a report whose import never began. */
export interface FailedImport {
  readonly report: Pick<SpooledReport, "sha256" | "size">;
  readonly companyId: number;
  /** By which whoever sent it asks for it. */
  readonly scanId: string;
  readonly format?: string | undefined;
  readonly series?: string | undefined;
  readonly target?: string | undefined;
  readonly fileName?: string | undefined;
  /** What `importReport` threw. */
  readonly error: unknown;
}

/** Stands for the format and the tool where the report was to tell them. */
const unknown = "unknown";

/**
 * Writes down why a report was not taken in for whose receipt nobody waits: `listImports` shows it by its `scanId`, with `errorCode`, and
 * `getImport` with the place. Nothing else is stored of it. The same `scanId` may be sent again, and takes its place. An import that
 * had begun says by itself what became of it.
 *
 * @param db the database
 * @param failed the report, the options that it was sent with, and the `error`
 * @param caller who sent it; default the system
 * @throws {NotFoundError} NOT_FOUND when there is no such company within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "failed.example" });
 * const report = await spoolReport([new TextEncoder().encode("{")], { folder: "data/imports", maxBytes: 1000 });
 * try {
 *   await importReport(db, { companyId, source: report, format: "sarif", scanId: "nightly" });
 * } catch (error) {
 *   await noteFailedImport(db, { report, companyId, format: "sarif", scanId: "nightly", error });
 * } finally {
 *   await report.remove();
 * }
 * const { items } = await listImports(db, { companyId, scanId: "nightly" });
 */
export async function noteFailedImport(
  db: Handle,
  { report, companyId, scanId, format, series = "", target, fileName, error }: FailedImport,
  caller: Caller = systemCaller,
): Promise<void> {
  const note = async (tx: Transaction) => {
    await requireWithin(tx, companies, companyId, caller);
    await holdFindings(tx, companyId);
    await forgetRefusal(tx, { companyId, scanId });
    const query = tx.sql.selectFrom("scan_imports").select("id").where("company_id", "=", companyId);
    if ((await fetchFirst(tx, query.where("scan_id", "=", scanId))) !== null) return;
    const known = formats.find(({ name }) => name === format);
    const source = known?.source ?? unknown;
    const now = tx.clock.now();
    await insertRow(tx, scanImports, {
      companyId,
      seriesId: (await findOrMakeSeries(tx, { companyId, source, name: series })).id,
      scanId,
      format: known?.name ?? unknown,
      fileName: fileName ?? null,
      sha256: report.sha256,
      sizeBytes: report.size,
      target: target ?? null,
      scannedAt: now,
      status: "failed",
      rejects: rejectsOf(error),
      errorCode: codeOfFailure(error),
      userId: caller.actor.userId,
      startedAt: now,
      finishedAt: now,
    });
  };
  await transaction(db, note, { company: companyId });
}

/** Where and why, as whoever had waited would have been told. */
function rejectsOf(error: unknown) {
  if (!(error instanceof DatabaseError)) return [];
  return [{ place: error instanceof ReportError ? error.place : "", reason: error.message }];
}

/** Deletes what was written down of a report whose import never began, for the one that follows it. */
export async function forgetRefusal(
  tx: Transaction,
  { companyId, scanId }: Pick<FailedImport, "companyId" | "scanId">,
): Promise<void> {
  await runQuery(
    tx,
    tx.sql
      .deleteFrom("scan_imports")
      .where("company_id", "=", companyId)
      .where("scan_id", "=", scanId)
      .where("status", "=", "failed")
      // Every import that begins has one.
      .where("coverage", "is", null),
  );
}
