import type { ScanRecord } from "@nerve/formats";
import type { Handle, Transaction } from "../../../database/handle.ts";
import { fetchAll, fetchFirst } from "../../../database/statement.ts";
import type { Begun } from "../running/begin-import.ts";
import { identityOf } from "../inventory/ensure-assets.ts";
import type { ImportRun } from "../running/import-run.ts";
import { areOneOf, inKeyLists } from "../key-lists.ts";
import { findWholes } from "../inventory/merged-assets.ts";
import type { Merging } from "../merging/merge-slice.ts";
import { ReportError } from "./report-errors.ts";
import type { Options, Report } from "./report-to-import.ts";
import { resolveAsset } from "../inventory/resolve-asset.ts";
import { readSlices } from "./slices.ts";

/** Refuses a report that is older than another of its series which spoke of the same assets. */
export async function refuseOutdated(
  tx: Transaction,
  begun: Begun,
  slices: readonly ScanRecord[][],
  options: Options,
): Promise<void> {
  if (options.asNewest || !(await hasNewer(tx, begun.run))) return;
  const identities = new Set(slices.flat().flatMap((record) => identitiesOf(record, begun.merging.preparing)));
  await refuseNewerOf(tx, begun.run, [...identities, ...begun.coverage.assets]);
}

/** The same of a report that is too large to be held in memory: it is read once more, where its series has a newer one. */
export async function refuseOutdatedReport(db: Handle, begun: Begun, report: Report, options: Options): Promise<void> {
  if (options.asNewest || !(await hasNewer(db, begun.run))) return;
  const identities = new Set<string>(begun.coverage.assets);
  for await (const slice of readSlices(report, options))
    for (const record of slice) for (const one of identitiesOf(record, begun.merging.preparing)) identities.add(one);
  await refuseNewerOf(db, begun.run, [...identities]);
}

function identitiesOf(record: ScanRecord, { target, targetName }: Merging["preparing"]): string[] {
  if (record.kind === "finding" || record.kind === "check")
    return [identityOf(resolveAsset(record.asset, target, targetName))];
  const host = record.kind === "link" ? record.from : record.host;
  return [identityOf(resolveAsset({ kind: "host", host }, target, targetName))];
}

async function hasNewer(db: Handle, { seriesId, scannedAt }: ImportRun): Promise<boolean> {
  const query = db.sql
    .selectFrom("asset_coverage")
    .select("id")
    .where("series_id", "=", seriesId)
    .where("spoke_at", ">", scannedAt)
    .limit(1);
  return (await fetchFirst(db, query)) !== null;
}

async function refuseNewerOf(
  db: Handle,
  { companyId, seriesId, scannedAt }: ImportRun,
  identities: readonly string[],
): Promise<void> {
  for (const some of inKeyLists(identities)) {
    const keys = some.map((identity) => {
      const at = identity.indexOf(" ");
      return [companyId, identity.slice(0, at), identity.slice(at + 1)] as const;
    });
    const newer = db.sql
      .selectFrom("asset_coverage")
      .select("asset_coverage.id")
      .where("series_id", "=", seriesId)
      .where("spoke_at", ">", scannedAt)
      .limit(1);
    const named = db.sql
      .selectFrom("assets")
      .select(["id", "kind", "parent_id", "deleted_at"])
      .where(areOneOf(["company_id", "kind", "key"], keys));
    const assets = await fetchAll(db, named);
    const wholes = await findWholes(db, assets);
    for (const ids of inKeyLists([...assets.map(({ id }) => id), ...wholes.values()])) {
      if ((await fetchFirst(db, newer.where("asset_id", "in", ids))) !== null)
        throw new ReportError("REPORT_OUT_OF_DATE");
    }
  }
}
