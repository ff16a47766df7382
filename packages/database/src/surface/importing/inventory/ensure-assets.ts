import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { insertMany } from "../../../rows/insert-many.ts";
import { assetCoverage, assets, type AssetStatus } from "../../../schema/surface/assets.ts";
import type { ImportRun, SeenAsset } from "../running/import-run.ts";
import { areOneOf, inKeyLists } from "../key-lists.ts";
import { type JournalEntry, writeJournal } from "../journal.ts";
import { findWholes } from "./merged-assets.ts";
import type { AssetRef } from "./resolve-asset.ts";

interface AssetRow {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly status: AssetStatus;
  readonly criticality: number;
  readonly parentId: number | null;
  readonly lastSeenAt: Date;
  readonly deletedAt: Date | null;
  readonly isActive: boolean;
}

export const identityOf = ({ kind, key }: { readonly kind: string; readonly key: string }) => `${kind} ${key}`;

/**
 * Finds the assets that a slice names, and makes those that are not there; an asset counts as seen once an import. Their ids are in
 * `run.assets` afterwards.
 */
export async function ensureAssets(tx: Transaction, run: ImportRun, refs: Iterable<AssetRef>): Promise<void> {
  const wanted = new Map<string, AssetRef>();
  for (const ref of refs) addWithParent(wanted, run, ref);
  // Hosts first: services name them.
  const hosts = [...wanted.values()].filter(({ parent }) => parent === null);
  const services = [...wanted.values()].filter(({ parent }) => parent !== null);
  await ensureSome(tx, run, hosts);
  await ensureSome(tx, run, services);
}

function addWithParent(wanted: Map<string, AssetRef>, run: ImportRun, ref: AssetRef): void {
  const identity = identityOf(ref);
  if (run.assets.has(identity) || wanted.has(identity)) return;
  if (ref.parent !== null) addWithParent(wanted, run, ref.parent);
  wanted.set(identity, ref);
}

async function ensureSome(tx: Transaction, run: ImportRun, refs: readonly AssetRef[]): Promise<void> {
  if (refs.length === 0) return;
  const found = await findAssets(tx, run.companyId, refs);
  const missing = refs.filter((ref) => !found.has(identityOf(ref)));
  const made = await tx.connection.dialect.reserveIds(tx.executor, assets, missing.length);
  const journal: JournalEntry[] = made.map((id) => ({ tableName: "assets", rowId: id, before: null }));
  await insertMany(
    tx,
    assets,
    missing.map(({ kind, key, name, parent }, index) => ({
      id: made[index] as number,
      companyId: run.companyId,
      kind,
      key,
      name,
      parentId: parentOf(run, parent)?.id ?? null,
      status: statusOfNew(parentOf(run, parent)),
      firstSeenAt: run.scannedAt,
      lastSeenAt: run.scannedAt,
    })),
  );
  for (const [index, ref] of missing.entries()) {
    run.assets.set(identityOf(ref), {
      id: made[index] as number,
      criticality: 2,
      ownStatus: statusOfNew(parentOf(run, ref.parent)),
    });
  }
  run.counts.assets.created += missing.length;
  run.counts.assets.seen += refs.length;
  for (const row of new Set(found.values())) journal.push(...(await seeAgain(tx, run, row)));
  for (const [identity, row] of found) run.assets.set(identity, toSeen(row));
  const ids = new Set(refs.map((ref) => (run.assets.get(identityOf(ref)) as SeenAsset).id));
  journal.push(...(await speakOf(tx, run, [...ids])));
  await writeJournal(tx, run, journal);
}

function parentOf(run: ImportRun, parent: AssetRef | null): SeenAsset | undefined {
  return parent === null ? undefined : run.assets.get(identityOf(parent));
}

/** A service of a host that somebody ignores is ignored with it. */
function statusOfNew(parent: SeenAsset | undefined): AssetStatus {
  return parent?.ownStatus === "ignored" ? "ignored" : "active";
}

const toSeen = ({ id, criticality, status }: AssetRow): SeenAsset => ({ id, criticality, ownStatus: status });

const columns = ["id", "kind", "key", "status", "criticality", "parent_id", "last_seen_at", "deleted_at"] as const;

/** Finds assets by what a report names; what became part of another one is that other one. */
async function findAssets(
  tx: Transaction,
  companyId: number,
  refs: readonly AssetRef[],
): Promise<Map<string, AssetRow>> {
  const found = new Map<string, AssetRow>();
  for (const some of inKeyLists(refs)) {
    const keys = some.map(({ kind, key }) => [companyId, kind, key] as const);
    const query = anyTable(tx)
      .selectFrom("assets")
      .select([...columns, "is_active"])
      .where(areOneOf(["company_id", "kind", "key"], keys));
    for (const row of (await fetchAll(tx, query)) as unknown as AssetRow[]) found.set(identityOf(row), row);
  }
  const wholes = await findWholes(tx, [...found.values()]);
  const byId = new Map<number, AssetRow>();
  for (const some of inKeyLists(new Set(wholes.values()))) {
    const query = anyTable(tx)
      .selectFrom("assets")
      .select([...columns, "is_active"])
      .where("id", "in", some);
    for (const row of (await fetchAll(tx, query)) as unknown as AssetRow[]) byId.set(row.id, row);
  }
  // Of one that is named by both names there is one row.
  for (const row of found.values()) if (byId.has(row.id)) byId.set(row.id, row);
  return new Map(Array.from(found, ([identity, row]) => [identity, byId.get(wholes.get(row.id) ?? 0) ?? row]));
}

/** An asset that was deleted is back when a report names it. */
async function seeAgain(tx: Transaction, run: ImportRun, row: AssetRow): Promise<JournalEntry[]> {
  const isNewer = row.lastSeenAt < run.scannedAt;
  if (!isNewer && row.deletedAt === null) return [];
  const { id, lastSeenAt, deletedAt, isActive } = row;
  const query = tx.sql
    .updateTable("assets")
    .set({
      ...(isNewer ? { last_seen_at: run.scannedAt } : {}),
      ...(deletedAt === null ? {} : { deleted_at: null, is_active: true }),
    })
    .where("id", "=", id);
  await runQuery(tx, query);
  return [{ tableName: "assets", rowId: id, before: { lastSeenAt, deletedAt, isActive } }];
}

/** Notes that the series has spoken of the assets. */
async function speakOf(tx: Transaction, run: ImportRun, ids: readonly number[]): Promise<JournalEntry[]> {
  const { importId, seriesId, companyId, scannedAt } = run;
  const known = new Map<number, { id: number; spokeImportId: number | null; spokeAt: Date | null }>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("asset_coverage")
      .select(["id", "asset_id", "spoke_import_id", "spoke_at"])
      .where("series_id", "=", seriesId)
      .where("asset_id", "in", some);
    for (const { assetId, ...row } of await fetchAll(tx, query)) known.set(assetId, row);
  }
  const fresh = ids.filter((id) => !known.has(id));
  // Those that the import spoke of before its process died.
  for (const [assetId, { spokeImportId }] of known) if (spokeImportId === importId) known.delete(assetId);
  const journal: JournalEntry[] = Array.from(known.values(), ({ id, spokeImportId, spokeAt }) => ({
    tableName: "asset_coverage",
    rowId: id,
    before: { spokeImportId, spokeAt },
  }));
  for (const some of inKeyLists(known.values())) {
    const rows = some.map(({ id }) => id);
    const query = tx.sql
      .updateTable("asset_coverage")
      .set({ spoke_import_id: importId, spoke_at: scannedAt })
      .where("id", "in", rows);
    await runQuery(tx, query);
  }
  const rowIds = await tx.connection.dialect.reserveIds(tx.executor, assetCoverage, fresh.length);
  await insertMany(
    tx,
    assetCoverage,
    fresh.map((assetId, index) => ({
      id: rowIds[index] as number,
      companyId,
      assetId,
      seriesId,
      spokeImportId: importId,
      spokeAt: scannedAt,
    })),
  );
  return [...journal, ...rowIds.map((rowId): JournalEntry => ({ tableName: "asset_coverage", rowId, before: null }))];
}
