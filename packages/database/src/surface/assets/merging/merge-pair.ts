import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { assets } from "../../../schema/surface/assets.ts";
import { findings } from "../../../schema/surface/findings.ts";
import type { RowOf } from "../../../schema/tables.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { inKeyLists } from "../../importing/key-lists.ts";
import { rescoreAsset } from "../rescore-asset.ts";
import type { JoinFacts } from "./join-state.ts";
import { joinTwins } from "./join-twins.ts";
import { moveRows, rowsReferring } from "./move-rows.ts";
import { changeOf, type MergeStep } from "./undo-data.ts";

export type MergedAsset = RowOf<"assets">;

/** What a merge did, for whoever asked for it and for whoever undoes it. */
export interface Merge {
  readonly changes: FindingChange[];
  readonly steps: MergeStep[];
  /** The assets whose findings are others now. */
  readonly assetIds: number[];
  moved: number;
  doubles: number;
  services: number;
}

export function noMerge(): Merge {
  return { changes: [], steps: [], assetIds: [], moved: 0, doubles: 0, services: 0 };
}

type Facts = Omit<JoinFacts, "criticality">;

/** Makes an asset a part of another one of its kind, with all that it has; the services of hosts that have the same port, too. */
export async function mergePair(
  tx: Transaction,
  merge: Merge,
  { from, into }: { readonly from: MergedAsset; readonly into: MergedAsset },
  facts: Facts,
): Promise<void> {
  const pair = { fromId: from.id, intoId: into.id };
  const { changes, steps, doubles } = await joinTwins(tx, pair, { ...facts, criticality: into.criticality });
  merge.changes.push(...changes);
  merge.steps.push(...steps);
  merge.doubles += doubles;
  merge.moved += await moveFindings(tx, merge, pair);
  if (from.criticality !== into.criticality) await rescoreAsset(tx, into.id, into.criticality);
  merge.steps.push(...(await moveRows(tx, pair)));
  if (into.kind === "host") await mergeServices(tx, merge, { from, into }, facts);
  await becomePart(tx, merge, { from, into }, facts.now);
  merge.assetIds.push(from.id, into.id);
}

/** Moves what is left to the asset that stays. */
async function moveFindings(
  tx: Transaction,
  { steps }: Merge,
  { fromId, intoId }: { fromId: number; intoId: number },
): Promise<number> {
  const left = await fetchAll(tx, tx.sql.selectFrom("findings").select("id").where("asset_id", "=", fromId));
  const ids = left.map(({ id }) => id);
  for (const some of inKeyLists(ids))
    await runQuery(tx, tx.sql.updateTable("findings").set({ asset_id: intoId }).where("id", "in", some));
  steps.push(...changeOf(findings.name, ids, { assetId: fromId }));
  return ids.length;
}

/** `443/tcp` of `a.example:443/tcp`. */
function portOf({ key }: MergedAsset): string {
  return /:(\d+\/\w+)$/.exec(key)?.[1] ?? key;
}

/** Services come to the host that stays; two of the same port are one, unless somebody ignores one of them alone. */
async function mergeServices(
  tx: Transaction,
  merge: Merge,
  { from, into }: { from: MergedAsset; into: MergedAsset },
  facts: Facts,
): Promise<void> {
  const children = (await rowsReferring(tx, assets, "parent_id", [from.id, into.id])) as unknown as MergedAsset[];
  const services = children.filter(({ kind, deletedAt }) => kind === "service" && deletedAt === null);
  const known = new Map(services.filter((one) => one.parentId === into.id).map((one) => [portOf(one), one]));
  const moving: number[] = [];
  for (const service of services.filter((one) => one.parentId === from.id)) {
    const same = known.get(portOf(service));
    merge.services += 1;
    if (same === undefined || (same.status === "ignored") !== (service.status === "ignored")) moving.push(service.id);
    else await mergePair(tx, merge, { from: service, into: same }, facts);
  }
  for (const some of inKeyLists(moving))
    await runQuery(tx, tx.sql.updateTable("assets").set({ parent_id: into.id }).where("id", "in", some));
  merge.steps.push(...changeOf(assets.name, moving, { parentId: from.id }));
}

/** The asset goes, but its row leads reports that name it to the one that stays; so do those that became part of it before. */
async function becomePart(
  tx: Transaction,
  { steps }: Merge,
  { from, into }: { from: MergedAsset; into: MergedAsset },
  now: Date,
): Promise<void> {
  const parts = tx.sql
    .updateTable("assets")
    .set({ parent_id: into.id })
    .where("parent_id", "=", from.id)
    .where("kind", "=", from.kind)
    .where("deleted_at", "is not", null)
    .returning("id");
  const ids = (await fetchAll(tx, parts)).map(({ id }) => id);
  steps.push(...changeOf(assets.name, ids, { parentId: from.id }));
  const { parentId, deletedAt, isActive } = from;
  await changeRow(tx, assets, from.id, { parentId: into.id, deletedAt: now, isActive: false });
  steps.push(...changeOf(assets.name, [from.id], { parentId, deletedAt, isActive }));
  const { ownerUserId, firstSeenAt, lastSeenAt } = into;
  await changeRow(tx, assets, into.id, {
    ownerUserId: ownerUserId ?? from.ownerUserId,
    firstSeenAt: firstSeenAt < from.firstSeenAt ? firstSeenAt : from.firstSeenAt,
    lastSeenAt: lastSeenAt > from.lastSeenAt ? lastSeenAt : from.lastSeenAt,
  });
  steps.push(...changeOf(assets.name, [into.id], { ownerUserId, firstSeenAt, lastSeenAt }));
}
