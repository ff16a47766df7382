import { z } from "zod";
import { requireWithin } from "../../../access/require-within.ts";
import { changed, unchanged } from "../../../operation/changed.ts";
import { changing } from "../../../operation/operation.ts";
import { fetchFirst } from "../../../database/statement.ts";
import type { Transaction } from "../../../database/handle.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import type { JsonValue } from "../../../schema/kit/index.ts";
import { recordId } from "../../../validation/input.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import { closePlanned } from "./close-planned.ts";
import type { ResolvedCoverage } from "./coverage.ts";
import { planClosings } from "./plan-closings.ts";
import { ReportError } from "../report/report-errors.ts";

/**
 * Closes what an import held back, since it was suspiciously much: what it covered, and no longer showed.
 *
 * @returns how many findings were resolved; 0 where nothing was held
 * @throws {ReportError} UNDO_BLOCKED when a later import of its series spoke of one of its assets
 * @throws {NotFoundError} NOT_FOUND when there is no such import within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "held.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://held.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * const { importId } = await importReport(db, { companyId, source, format: "nerve" });
 * const { closed } = await confirmClosures(db, { id: importId });
 */
export const confirmClosures = changing({
  summary: "Close what an import held back",
  permission: "scan:import",
  input: { id: recordId() },
  output: z.object({ importId: z.int(), closed: z.int() }),
  async run(tx, { id }, caller) {
    const { companyId } = await requireWithin(tx, scanImports, id, caller);
    await holdFindings(tx, companyId as number);
    const row = await requireWithin(tx, scanImports, id, caller, { locks: true });
    if (row.held === 0) return unchanged({ importId: id, closed: 0 });
    await refuseFollowed(tx, row.seriesId, id);
    const counts = row.counts as Record<string, JsonValue>;
    const run = {
      importId: id,
      companyId: companyId as number,
      seriesId: row.seriesId,
      userId: caller.actor.userId,
      now: tx.clock.now(),
      scannedAt: row.scannedAt,
      sampled: new Set((counts["sampled"] ?? []) as number[]),
    };
    const plan = await planClosings(tx, run, row.coverage as unknown as ResolvedCoverage);
    const { closed } = await closePlanned(tx, run, plan);
    await changeRow(tx, scanImports, id, { held: 0, counts: { ...counts, closed, held: 0 } });
    return changed(
      { importId: id, closed },
      { action: "closures_confirmed", on: scanImports, id, companyId, metadata: { closed } },
    );
  },
});

/** What a later report has looked at is for that one to close. */
async function refuseFollowed(tx: Transaction, seriesId: number, importId: number): Promise<void> {
  const later = await findFollowers(tx, seriesId, importId);
  if (later === null) return;
  throw new ReportError("UNDO_BLOCKED", {
    message: `The closings of import ${importId} cannot be confirmed: import ${later} of its series spoke of the same assets since.`,
  });
}

/** Finds a later import of a series that spoke of an asset that this one spoke of; null where there is none. */
export async function findFollowers(tx: Transaction, seriesId: number, importId: number): Promise<number | null> {
  const query = tx.sql
    .selectFrom("import_changes")
    .innerJoin("asset_coverage", "asset_coverage.id", "import_changes.row_id")
    .select("asset_coverage.spoke_import_id")
    .where("import_changes.import_id", "=", importId)
    .where("import_changes.table_name", "=", "asset_coverage")
    .where("asset_coverage.series_id", "=", seriesId)
    .where("asset_coverage.spoke_import_id", ">", importId)
    .limit(1);
  return (await fetchFirst(tx, query))?.spokeImportId ?? null;
}
