import { sql } from "kysely";
import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { findingHistory, findingNotes } from "../../../schema/surface/finding-history.ts";
import { findingCves, findingEvidence, findingLocations, findings } from "../../../schema/surface/findings.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { surfaceTagLinks } from "../../../schema/surface/triage.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { changeKind } from "../../deciding/change-kind.ts";
import { inKeyLists } from "../../importing/key-lists.ts";
import { type Finding, type JoinFacts, joinState } from "./join-state.ts";
import { type Pair, rowsReferring, type StoredRow } from "./move-rows.ts";
import { changeOf, type MergeStep } from "./undo-data.ts";

/** Two findings that are one: the older stays. */
interface Twins {
  readonly stays: Finding;
  readonly goes: Finding;
}

/** What joining them did. */
export interface Joined {
  readonly changes: readonly FindingChange[];
  readonly steps: readonly MergeStep[];
  readonly doubles: number;
}

/** What belongs to findings, with what there is one of for each; null where there may be any number. */
const belongings: readonly { readonly table: TableDefinition; readonly key: readonly string[] | null }[] = [
  { table: findingLocations, key: ["seriesId", "locatorKey"] },
  { table: findingCves, key: ["cve"] },
  { table: findingNotes, key: null },
  { table: surfaceTagLinks, key: ["tagId"] },
];

/**
 * Makes one finding of each two that are equal on both assets. The older stays, with its decision or, where nobody decided on it, that
 * on the other; places, numbers of the CVE list, notes and tags come to it. The other one goes, with its history.
 */
export async function joinTwins(tx: Transaction, pair: Pair, facts: JoinFacts): Promise<Joined> {
  const twins = await findTwins(tx, pair);
  if (twins.length === 0) return { changes: [], steps: [], doubles: 0 };
  const heirs = new Map(twins.map(({ stays, goes }) => [goes.id, stays.id]));
  const steps: MergeStep[] = [];
  for (const { table, key } of belongings) steps.push(...(await handOver(tx, table, key, heirs)));
  steps.push(...(await handOverEvidence(tx, heirs)));
  const goneIds = [...heirs.keys()];
  for (const row of await rowsReferring(tx, findingHistory, "finding_id", goneIds))
    steps.push({ table: findingHistory.name, gone: row });
  for (const some of inKeyLists(goneIds)) await runQuery(tx, tx.sql.deleteFrom("findings").where("id", "in", some));
  const changes: FindingChange[] = [];
  for (const { stays, goes } of twins) {
    steps.push({ table: findings.name, gone: goes });
    changes.push({ ...subjectOf(goes, pair), kind: "withdrawn", from: stateOf(goes), to: null, reason: null });
    const taken = joinState(stays, goes, facts);
    const names = Object.keys(taken) as (keyof Finding)[];
    if (names.length === 0) continue;
    const now = await changeRow(tx, findings, stays.id, taken);
    const was = Object.fromEntries(names.map((name) => [name, stays[name]]));
    steps.push({ table: findings.name, ids: [stays.id], was });
    const [from, to] = [stateOf(stays), stateOf(now)];
    if (from.status === to.status && from.severity === to.severity) continue;
    const kind = from.status === to.status ? "rescored" : changeKind(from.status, to.status, "decision");
    changes.push({ ...subjectOf(stays, pair), kind, from, to, reason: goes.statusReason });
  }
  return { changes, steps, doubles: twins.length };
}

function subjectOf({ id, ruleId, source }: Finding, { intoId }: Pair) {
  return { findingId: id, assetId: intoId, ruleId, source };
}

function stateOf({ status, severity, knownExploited }: Pick<Finding, "status" | "severity" | "knownExploited">) {
  return { status, severity, exploited: knownExploited };
}

async function findTwins(tx: Transaction, { fromId, intoId }: Pair): Promise<Twins[]> {
  const query = tx.sql
    .selectFrom("findings as one")
    .innerJoin("findings as other", (join) =>
      join
        .on("other.asset_id", "=", intoId)
        .onRef("other.rule_id", "=", "one.rule_id")
        .onRef("other.context_key", "=", "one.context_key")
        .onRef("other.ordinal", "=", "one.ordinal"),
    )
    .select(["one.id as one_id", "other.id as other_id"])
    .where("one.asset_id", "=", fromId);
  const pairs = (await fetchAll(tx, query)) as unknown as { oneId: number; otherId: number }[];
  const ids = pairs.flatMap(({ oneId, otherId }) => [oneId, otherId]);
  const rows = (await rowsReferring(tx, findings, "id", ids)) as unknown as Finding[];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return pairs.map(({ oneId, otherId }) => {
    const [stays, goes] = [Math.min(oneId, otherId), Math.max(oneId, otherId)];
    return { stays: byId.get(stays) as Finding, goes: byId.get(goes) as Finding };
  });
}

/** Gives what belongs to findings to others, as far as those have not the same. */
async function handOver(
  tx: Transaction,
  table: TableDefinition,
  key: readonly string[] | null,
  heirs: ReadonlyMap<number, number>,
): Promise<MergeStep[]> {
  const keyOf = (findingId: number, row: StoredRow) =>
    JSON.stringify([findingId, ...(key ?? []).map((name) => row[name])]);
  const had = new Map<string, StoredRow>();
  if (key !== null) {
    for (const row of await rowsReferring(tx, table, "finding_id", [...heirs.values()]))
      had.set(keyOf(row["findingId"] as number, row), row);
  }
  const steps: MergeStep[] = [];
  const moving: [number, number][] = [];
  for (const row of await rowsReferring(tx, table, "finding_id", [...heirs.keys()])) {
    const from = row["findingId"] as number;
    const heir = heirs.get(from) as number;
    const same = had.get(keyOf(heir, row));
    if (same === undefined || key === null) {
      moving.push([row.id, heir]);
      steps.push(...changeOf(table.name, [row.id], { findingId: from }));
    } else {
      steps.push({ table: table.name, gone: row });
      if (table === findingLocations) steps.push(...(await takeSight(tx, same, row)));
    }
  }
  await giveTo(tx, table, moving);
  return steps;
}

/** A place that both have was seen when either was seen last. */
async function takeSight(tx: Transaction, stays: StoredRow, goes: StoredRow): Promise<MergeStep[]> {
  if (Number(goes["lastImportId"]) <= Number(stays["lastImportId"])) return [];
  const names = ["present", "lastImportId", "previousImportId", "goneImportId", "lastSeenAt"] as const;
  await changeRow(tx, findingLocations, stays.id, Object.fromEntries(names.map((name) => [name, goes[name]])) as never);
  const was = Object.fromEntries(names.map((name) => [name, stays[name]]));
  return [{ table: findingLocations.name, ids: [stays.id], was }];
}

/** Evidence comes to who has none: a finding holds a few pieces at most. */
async function handOverEvidence(tx: Transaction, heirs: ReadonlyMap<number, number>): Promise<MergeStep[]> {
  const having = new Set<number>();
  for (const some of inKeyLists(heirs.values())) {
    const query = tx.sql.selectFrom("finding_evidence").select("finding_id").distinct().where("finding_id", "in", some);
    for (const { findingId } of await fetchAll(tx, query)) having.add(findingId);
  }
  const poor = [...heirs].filter(([, heir]) => !having.has(heir)).map(([from]) => from);
  const moving: [number, number][] = [];
  const steps: MergeStep[] = [];
  for (const some of inKeyLists(poor)) {
    const query = tx.sql.selectFrom("finding_evidence").select(["id", "finding_id"]).where("finding_id", "in", some);
    for (const { id, findingId } of await fetchAll(tx, query)) {
      moving.push([id, heirs.get(findingId) as number]);
      steps.push(...changeOf(findingEvidence.name, [id], { findingId }));
    }
  }
  await giveTo(tx, findingEvidence, moving);
  return steps;
}

/** Lets rows belong to other findings. */
async function giveTo(tx: Transaction, { name }: TableDefinition, rows: readonly [number, number][]): Promise<void> {
  for (const some of inKeyLists(rows)) {
    const values = some.map(([id, heir]) => sql`(cast(${id} as bigint), cast(${heir} as bigint))`);
    const query = anyTable(tx)
      .updateTable(name)
      .from(sql<{ column1: number; column2: number }>`(values ${sql.join(values)})`.as("heirs"))
      .whereRef(`${name}.id`, "=", "heirs.column1")
      .set((set) => ({ finding_id: set.ref("heirs.column2") }));
    await runQuery(tx, query);
  }
}
