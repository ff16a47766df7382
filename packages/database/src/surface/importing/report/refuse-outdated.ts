import type { ScanRecord } from "@nerve/formats";
import type { Handle, Transaction } from "../../../database/handle.ts";
import { coveredBy } from "../closing/coverage.ts";
import { findSpokenAssets, type SpokenAsset } from "../closing/spoken-assets.ts";
import { identityOf } from "../inventory/ensure-assets.ts";
import { resolveAsset } from "../inventory/resolve-asset.ts";
import type { Merging } from "../merging/merge-slice.ts";
import type { PreparedSlice } from "../merging/prepare-slice.ts";
import type { Begun } from "../running/begin-import.ts";
import { ReportError } from "./report-errors.ts";
import type { Options, Report } from "./report-to-import.ts";
import { readSlices } from "./slices.ts";

/** Refuses a report that is older than another of its series which spoke of the same assets, if only by finding nothing there. */
export async function refuseOutdated(
  tx: Transaction,
  begun: Begun,
  slices: readonly PreparedSlice[],
  options: Options,
): Promise<void> {
  const newer = await findNewer(tx, begun, options);
  refuseSilent(begun, newer);
  for (const { records } of slices) refuseShowing(begun, newer, records);
}

/** The same of a report that is too large to be held in memory: it is read once more, where its series has a newer one. */
export async function refuseOutdatedReport(db: Handle, begun: Begun, report: Report, options: Options): Promise<void> {
  const newer = await findNewer(db, begun, options);
  refuseSilent(begun, newer);
  if (newer.length > 0) for await (const slice of readSlices(report, options)) refuseShowing(begun, newer, slice);
}

/** What the series knows from newer reports. */
async function findNewer(db: Handle, { run }: Begun, { asNewest }: Options): Promise<SpokenAsset[]> {
  return asNewest ? [] : findSpokenAssets(db, run, run.scannedAt);
}

/** Of what a report covers it speaks by silence, too. */
function refuseSilent({ coverage }: Begun, newer: readonly SpokenAsset[]): void {
  const isCovered = coveredBy(coverage);
  if (newer.some(({ names }) => isCovered(names))) throw new ReportError("REPORT_OUT_OF_DATE");
}

function refuseShowing({ merging }: Begun, newer: readonly SpokenAsset[], records: readonly ScanRecord[]): void {
  const shown = new Set(records.map((record) => identityIn(record, merging.preparing)));
  if (newer.some(({ names }) => names.some((name) => shown.has(identityOf(name)))))
    throw new ReportError("REPORT_OUT_OF_DATE");
}

function identityIn(record: ScanRecord, { target, targetName }: Merging["preparing"]): string {
  if (record.kind === "finding" || record.kind === "check")
    return identityOf(resolveAsset(record.asset, target, targetName));
  const host = record.kind === "link" ? record.from : record.host;
  return identityOf(resolveAsset({ kind: "host", host }, target, targetName));
}
