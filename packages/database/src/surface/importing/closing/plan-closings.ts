import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import type { SurfacePolicy } from "../../../database/surface-policy.ts";
import { inKeyLists } from "../key-lists.ts";
import type { ImportRun } from "../running/import-run.ts";
import { coveredBy, isPortCovered, type ResolvedCoverage } from "./coverage.ts";
import { findSpokenAssets, type SpokenAsset } from "./spoken-assets.ts";

/** The import that closes. */
export type Closing = Pick<ImportRun, "importId" | "companyId" | "seriesId" | "userId" | "now" | "scannedAt"> & {
  readonly sampled: ReadonlySet<number>;
};

/** What an import closes, before it does. */
export interface ClosingPlan {
  /** Places that are no longer there. */
  readonly locations: readonly { readonly id: number; readonly findingId: number }[];
  /** Open findings that go with them. */
  readonly wouldClose: number;
  /** Open findings that the series had on what the report covers. */
  readonly wereOpen: number;
  /** Findings that were not seen, and of which the report may not speak. */
  readonly notCovered: number;
  /** What the report covers of what its series knows. */
  readonly covered: readonly SpokenAsset[];
}

/** Finds what a report does not show any more of what it covers. */
export async function planClosings(tx: Transaction, run: Closing, coverage: ResolvedCoverage): Promise<ClosingPlan> {
  const spoken = await findSpokenAssets(tx, run);
  const byId = new Map(spoken.map((asset) => [asset.id, asset]));
  const mayCover = coveredBy(coverage);
  const isCovered = ({ names }: SpokenAsset) => mayCover(names);
  const covered = spoken.filter(isCovered);
  const looked = spoken.filter((asset) => isCovered(asset) || asset.spokeImportId === run.importId);
  const unseen = await findUnseen(
    tx,
    run,
    looked.map(({ id }) => id),
  );
  const closable = unseen.filter((location) => {
    const asset = byId.get(location.assetId) as SpokenAsset;
    return isCovered(asset) && mayClose(location, asset, coverage) && !run.sampled.has(location.findingId);
  });
  const goes = new Set(closable.map(({ id }) => id));
  const kept = new Set(unseen.filter(({ id }) => !goes.has(id)).map(({ findingId }) => findingId));
  const closing = await findLosing(tx, closable);
  return {
    locations: closable,
    wouldClose: closing.filter(({ isOpen: open }) => open).length,
    wereOpen: await countOpen(
      tx,
      run,
      covered.map(({ id }) => id),
    ),
    notCovered: kept.size,
    covered,
  };
}

interface Unseen {
  readonly id: number;
  readonly findingId: number;
  readonly assetId: number;
  readonly filePath: string | null;
  readonly detail: unknown;
}

async function findUnseen(
  tx: Transaction,
  { seriesId, importId }: Closing,
  assetIds: readonly number[],
): Promise<Unseen[]> {
  const found: Unseen[] = [];
  for (const some of inKeyLists(assetIds)) {
    const query = tx.sql
      .selectFrom("findings")
      .innerJoin("finding_locations", "finding_locations.finding_id", "findings.id")
      .select(["finding_locations.id", "finding_locations.finding_id", "findings.asset_id", "file_path", "detail"])
      .where("findings.asset_id", "in", some)
      .where("finding_locations.series_id", "=", seriesId)
      .where("finding_locations.present", "=", true)
      .where("finding_locations.last_import_id", "<>", importId);
    found.push(...(await fetchAll(tx, query)));
  }
  return found;
}

function mayClose(location: Unseen, asset: SpokenAsset, coverage: ResolvedCoverage): boolean {
  const { commands, except } = coverage;
  if (!isPortCovered(coverage, asset)) return false;
  if (location.filePath !== null && except.includes(location.filePath)) return false;
  const command = (location.detail as { command?: unknown } | null)?.command;
  if (commands === null || typeof command !== "string") return true;
  const identity = `${asset.kind} ${asset.key}`;
  return commands.some(({ asset: of, names }) => (of === "" || of === identity) && names.includes(command));
}

/** The findings of which no place would be left. */
async function findLosing(tx: Transaction, closable: readonly { id: number; findingId: number }[]) {
  const going = new Map<number, number>();
  for (const { findingId } of closable) going.set(findingId, (going.get(findingId) ?? 0) + 1);
  const losing: { id: number; isOpen: boolean }[] = [];
  for (const some of inKeyLists(going.keys())) {
    const query = tx.sql
      .selectFrom("findings")
      .innerJoin("finding_locations", "finding_locations.finding_id", "findings.id")
      .select((eb) => ["findings.id", "findings.is_open", eb.fn.countAll<number | string>().as("places")])
      .where("findings.id", "in", some)
      .where("finding_locations.present", "=", true)
      .groupBy(["findings.id", "findings.is_open"]);
    for (const { id, isOpen: open, places } of await fetchAll(tx, query))
      if (Number(places) === going.get(id)) losing.push({ id, isOpen: open });
  }
  return losing;
}

/** Open findings that the series had before this import, on what it covers. */
async function countOpen(
  tx: Transaction,
  { seriesId, importId }: Closing,
  assetIds: readonly number[],
): Promise<number> {
  let sum = 0;
  for (const some of inKeyLists(assetIds)) {
    const query = tx.sql
      .selectFrom("findings")
      .select((eb) => eb.fn.countAll<number | string>().as("open"))
      .where("asset_id", "in", some)
      .where("is_open", "=", true)
      .where("first_import_id", "<>", importId)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("finding_locations")
            .select("finding_locations.id")
            .where("finding_locations.finding_id", "=", eb.ref("findings.id"))
            .where("finding_locations.series_id", "=", seriesId),
        ),
      );
    sum += Number((await fetchAll(tx, query))[0]?.open ?? 0);
  }
  return sum;
}

/** Tells whether so much would be closed at once that somebody has to look. */
export function isHeld(
  { wouldClose, wereOpen }: ClosingPlan,
  { heldFromFindings, heldFromPercent }: SurfacePolicy,
): boolean {
  return wouldClose >= heldFromFindings && wouldClose * 100 >= heldFromPercent * wereOpen;
}
