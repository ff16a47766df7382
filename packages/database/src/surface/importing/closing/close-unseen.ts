import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { assets as assetTable } from "../../../schema/surface/assets.ts";
import { findings as findingTable } from "../../../schema/surface/findings.ts";
import { exposureSource } from "@nerve/catalogues";
import type { FindingChange } from "../../changes/finding-change.ts";
import { recordChanges } from "../../changes/record-changes.ts";
import { columnsOfStatus } from "../../deciding/columns-of-status.ts";
import { isOpen } from "../../deciding/statuses.ts";
import { whenGone } from "../../deciding/transitions.ts";
import type { ResolvedCoverage } from "./coverage.ts";
import type { ImportRun } from "../running/import-run.ts";
import { inKeyLists } from "../key-lists.ts";
import { type JournalEntry, writeJournal } from "../journal.ts";
import { findParts } from "../inventory/merged-assets.ts";

/** From how many findings on, and from which part of what was open, closings wait for somebody to confirm them. */
export interface HoldThresholds {
  readonly findings: number;
  readonly share: number;
}

export const defaultHold: HoldThresholds = { findings: 20, share: 0.6 };

type Closing = Pick<ImportRun, "importId" | "companyId" | "seriesId" | "userId" | "now" | "scannedAt"> & {
  readonly sampled: ReadonlySet<number>;
};

interface SpokenAsset {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly parentId: number | null;
  readonly status: "active" | "gone" | "ignored";
  readonly details: unknown;
  readonly spokeImportId: number | null;
  readonly coverageId: number;
  readonly coveredImportId: number | null;
  readonly coveredAt: Date | null;
  /** Kinds and keys that reports know it by: its own, and those of what became part of it. */
  readonly names: readonly { readonly kind: string; readonly key: string }[];
}

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
  readonly covered: readonly SpokenAsset[];
}

/** Finds what a report does not show any more of what it covers. */
export async function planClosings(tx: Transaction, run: Closing, coverage: ResolvedCoverage): Promise<ClosingPlan> {
  const spoken = await findSpokenAssets(tx, run);
  const byId = new Map(spoken.map((asset) => [asset.id, asset]));
  const names = new Set(coverage.assets);
  const isCovered = (asset: SpokenAsset): boolean => {
    if (!coverage.speaks) return false;
    if (coverage.everything || asset.names.some(({ kind, key }) => names.has(`${kind} ${key}`))) return true;
    return asset.kind === "service" && asset.names.some(({ key }) => names.has(`host ${hostOf(key)}`));
  };
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

/** The host of a service's key: `[2001:db8::1]:443/tcp`, `a.example:443/tcp`. */
function hostOf(key: string): string {
  return key.replace(/:\d+\/\w+$/, "").replace(/^\[(.*)\]$/, "$1");
}

async function findSpokenAssets(tx: Transaction, { seriesId }: Closing): Promise<SpokenAsset[]> {
  const query = tx.sql
    .selectFrom("asset_coverage")
    .innerJoin("assets", "assets.id", "asset_coverage.asset_id")
    .select(["assets.id", "assets.kind", "assets.key", "assets.parent_id", "assets.status", "assets.details"])
    .select(["asset_coverage.id as coverage_id", "spoke_import_id", "covered_import_id", "covered_at"])
    .where("series_id", "=", seriesId)
    .orderBy("assets.id");
  const spoken = await fetchAll(tx, query);
  const parts = await findParts(tx, spoken);
  return spoken.map((asset) => ({ ...asset, names: [asset, ...(parts.get(asset.id) ?? [])] }));
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

function mayClose(location: Unseen, asset: SpokenAsset, { ports, commands, except }: ResolvedCoverage): boolean {
  if (ports !== null && asset.kind === "service" && !isPortCovered(asset, ports)) return false;
  if (location.filePath !== null && except.includes(location.filePath)) return false;
  const command = (location.detail as { command?: unknown } | null)?.command;
  if (commands === null || typeof command !== "string") return true;
  const identity = `${asset.kind} ${asset.key}`;
  return commands.some(({ asset: of, names }) => (of === "" || of === identity) && names.includes(command));
}

function isPortCovered({ key }: SpokenAsset, ports: NonNullable<ResolvedCoverage["ports"]>): boolean {
  const match = /:(\d+)\/(\w+)$/.exec(key);
  const port = Number(match?.[1]);
  return ports.some(({ transport, from, to }) => transport === match?.[2] && port >= from && port <= to);
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
export function isHeld({ wouldClose, wereOpen }: ClosingPlan, { findings, share }: HoldThresholds): boolean {
  return wouldClose >= findings && wouldClose >= share * wereOpen;
}

/** Closes what was planned. Returns how many findings were resolved, exposures of services apart. */
export async function closePlanned(
  tx: Transaction,
  run: Closing,
  { locations }: ClosingPlan,
): Promise<{ closed: number; exposures: number }> {
  for (const some of inKeyLists(locations.map(({ id }) => id))) {
    const query = tx.sql
      .updateTable("finding_locations")
      .set({ present: false, gone_import_id: run.importId })
      .where("id", "in", some);
    await runQuery(tx, query);
  }
  let [closed, exposures] = [0, 0];
  for (const some of inKeyLists(new Set(locations.map(({ findingId }) => findingId)))) {
    const changes = await resolveAbsent(tx, run, some);
    exposures += changes.filter(({ source }) => source === exposureSource).length;
    closed += changes.filter(({ source }) => source !== exposureSource).length;
  }
  return { closed, exposures };
}

/** Resolves the findings among some of which no place is left. */
async function resolveAbsent(tx: Transaction, run: Closing, ids: readonly number[]): Promise<FindingChange[]> {
  const query = tx.sql
    .selectFrom("findings")
    .select(["id", "asset_id", "rule_id", "source", "status", "status_reason", "severity", "known_exploited"])
    .select(["due_at", "changed_at", "resolved_at"])
    .where("id", "in", ids)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("finding_locations")
            .select("finding_locations.id")
            .where("finding_locations.finding_id", "=", eb.ref("findings.id"))
            .where("finding_locations.present", "=", true),
        ),
      ),
    );
  const changes: FindingChange[] = [];
  const journal: JournalEntry[] = [];
  for (const finding of await fetchAll(tx, query)) {
    const { id, status, severity, knownExploited: exploited, statusReason, dueAt, changedAt, resolvedAt } = finding;
    const next = whenGone(status);
    if (next === null) continue;
    const fields = { ...columnsOfStatus(next, run.now), statusReason: null, dueAt: null, changedAt: run.now };
    await changeRow(tx, findingTable, id, fields);
    journal.push({
      tableName: "findings",
      rowId: id,
      before: { status, isOpen: isOpen(status), statusReason, dueAt, changedAt, resolvedAt },
    });
    const { assetId, ruleId, source } = finding;
    const from = { status, severity, exploited };
    changes.push({
      findingId: id,
      assetId,
      ruleId,
      source,
      kind: "resolved",
      from,
      to: { ...from, status: next },
      reason: null,
    });
  }
  await writeJournal(tx, run, journal);
  const { companyId, importId, userId, now: at } = run;
  await recordChanges(tx, { companyId, cause: "import", importId, actor: { userId }, at }, changes);
  return changes;
}

/** Ends the services that a scan of ports covered and did not find open. Returns how many. */
export async function endServices(
  tx: Transaction,
  run: ImportRun,
  { covered }: ClosingPlan,
  { ports, everything }: ResolvedCoverage,
): Promise<number> {
  const ended = covered.filter((asset) => {
    if (asset.kind !== "service" || asset.status !== "active" || run.openServices.has(asset.id)) return false;
    // Only what a scan has seen as an open port can be seen as a closed one.
    if (asset.details === null) return false;
    return ports === null ? everything : isPortCovered(asset, ports);
  });
  for (const { id } of ended) await changeRow(tx, assetTable, id, { status: "gone" });
  await writeJournal(
    tx,
    run,
    ended.map(({ id, status }) => ({ tableName: "assets", rowId: id, before: { status } })),
  );
  return ended.length;
}

/** Notes what the import covered. */
export async function noteCovered(tx: Transaction, run: ImportRun, { covered }: ClosingPlan): Promise<void> {
  for (const some of inKeyLists(covered)) {
    const ids = some.map(({ coverageId }) => coverageId);
    const query = tx.sql
      .updateTable("asset_coverage")
      .set({ covered_import_id: run.importId, covered_at: run.scannedAt })
      .where("id", "in", ids);
    await runQuery(tx, query);
  }
  await writeJournal(
    tx,
    run,
    covered.map(({ coverageId, coveredImportId, coveredAt }) => ({
      tableName: "asset_coverage",
      rowId: coverageId,
      before: { coveredImportId, coveredAt },
    })),
  );
}
