import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { assetCoverage, assetNames } from "../../../schema/surface/assets.ts";
import { assetChecks } from "../../../schema/surface/findings.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { surfaceTagLinks } from "../../../schema/surface/triage.ts";
import { inKeyLists } from "../../importing/key-lists.ts";
import { changeOf, type MergeStep } from "./undo-data.ts";

export type StoredRow = Readonly<Record<string, unknown>> & { readonly id: number };

/** The assets of a merge. */
export interface Pair {
  readonly fromId: number;
  readonly intoId: number;
}

/** Rows of which an asset has one for each key. */
interface OfAsset {
  readonly table: TableDefinition;
  /** What there is one of, beside the asset. */
  readonly key: readonly string[];
  /** What the row that stays takes over from the one that goes. */
  readonly takeOver: (stays: StoredRow, goes: StoredRow) => Readonly<Record<string, unknown>>;
}

const isLess = (one: unknown, other: unknown) => Number(one ?? 0) < Number(other ?? 0);

/** The values of the row that is further in a column. */
function furthest(names: readonly [string, ...string[]], stays: StoredRow, goes: StoredRow) {
  const [by] = names;
  return isLess(stays[by], goes[by]) ? Object.fromEntries(names.map((name) => [name, goes[name]])) : {};
}

const ofAsset: readonly OfAsset[] = [
  {
    table: assetNames,
    key: ["kind", "name"],
    takeOver: (stays, goes) => ({
      ...(isLess(goes["firstSeenAt"], stays["firstSeenAt"]) ? { firstSeenAt: goes["firstSeenAt"] } : {}),
      ...furthest(["lastSeenAt"], stays, goes),
    }),
  },
  {
    table: assetCoverage,
    key: ["seriesId"],
    takeOver: (stays, goes) => ({
      ...furthest(["spokeImportId", "spokeAt"], stays, goes),
      ...furthest(["coveredImportId", "coveredAt"], stays, goes),
    }),
  },
  {
    table: assetChecks,
    key: ["ruleId"],
    takeOver: (stays, goes) => furthest(["lastSeenAt", "outcome", "detail", "importId"], stays, goes),
  },
  { table: surfaceTagLinks, key: ["tagId"], takeOver: () => ({}) },
];

/** Reads whole rows that refer to others. */
export async function rowsReferring(
  tx: Transaction,
  table: TableDefinition,
  column: string,
  ids: readonly number[],
): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for (const some of inKeyLists(ids)) {
    const query = anyTable(tx)
      .selectFrom(table.name)
      .select(table.columnList.map(({ name }) => name))
      .where(column, "in", some)
      .orderBy("id");
    rows.push(...((await fetchAll(tx, query)) as unknown as StoredRow[]));
  }
  return rows;
}

/** Moves names, coverage, checks and tags to another asset; of what both have one row stays, which knows what both knew. */
export async function moveRows(tx: Transaction, pair: Pair): Promise<MergeStep[]> {
  const steps: MergeStep[] = [];
  for (const one of ofAsset) steps.push(...(await moveSome(tx, one, pair)));
  return steps;
}

async function moveSome(tx: Transaction, { table, key, takeOver }: OfAsset, pair: Pair): Promise<MergeStep[]> {
  const { fromId, intoId } = pair;
  const keyOf = (row: StoredRow) => JSON.stringify(key.map((name) => row[name]));
  const stay = new Map((await rowsReferring(tx, table, "asset_id", [intoId])).map((row) => [keyOf(row), row]));
  const [moving, going]: [number[], number[]] = [[], []];
  const steps: MergeStep[] = [];
  for (const row of await rowsReferring(tx, table, "asset_id", [fromId])) {
    const twin = stay.get(keyOf(row));
    (twin === undefined ? moving : going).push(row.id);
    if (twin === undefined) continue;
    steps.push({ table: table.name, gone: row });
    const taken = takeOver(twin, row);
    const names = Object.keys(taken);
    if (names.length === 0) continue;
    await changeRow(tx, table, twin.id, taken as never);
    steps.push({ table: table.name, ids: [twin.id], was: Object.fromEntries(names.map((name) => [name, twin[name]])) });
  }
  const sql = anyTable(tx);
  for (const some of inKeyLists(going)) await runQuery(tx, sql.deleteFrom(table.name).where("id", "in", some));
  for (const some of inKeyLists(moving))
    await runQuery(tx, sql.updateTable(table.name).set({ asset_id: intoId }).where("id", "in", some));
  return [...steps, ...changeOf(table.name, moving, { assetId: fromId })];
}
