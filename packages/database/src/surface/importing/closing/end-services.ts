import type { Transaction } from "../../../database/handle.ts";
import { changeRows } from "../../../rows/change-rows.ts";
import { assets as assetTable } from "../../../schema/surface/assets.ts";
import { writeJournal } from "../journal.ts";
import type { ImportRun } from "../running/import-run.ts";
import { isPortCovered, type ResolvedCoverage } from "./coverage.ts";
import type { ClosingPlan } from "./plan-closings.ts";

/** Ends the services that a scan of ports covered and did not find open. Returns how many. */
export async function endServices(
  tx: Transaction,
  run: ImportRun,
  { covered }: ClosingPlan,
  coverage: ResolvedCoverage,
): Promise<number> {
  const ended = covered.filter((asset) => {
    if (asset.kind !== "service" || asset.status !== "active" || run.openServices.has(asset.id)) return false;
    // Only what a scan has seen as an open port can be seen as a closed one.
    if (asset.details === null) return false;
    return coverage.ports === null ? coverage.everything : isPortCovered(coverage, asset);
  });
  const ids = ended.map(({ id }) => id);
  await changeRows(tx, assetTable, ids, { status: "gone" });
  await writeJournal(
    tx,
    run,
    ended.map(({ id, status }) => ({ tableName: "assets", rowId: id, before: { status } })),
  );
  return ended.length;
}
