import { sql } from "kysely";
import type { Transaction } from "../../database/handle.ts";
import { runQuery } from "../../database/statement.ts";
import { isOpen } from "../deciding/statuses.ts";
import { inKeyLists } from "../importing/key-lists.ts";
import type { FindingChange, FindingState } from "./finding-change.ts";
import { openOf, worstOpen } from "./open-findings.ts";

/** By how much counts change, by what is counted. */
type Differences<Key> = ReadonlyMap<Key, number>;

/**
 * Keeps what is counted of findings as they change: how many are alike, and how many are open on each asset and of each rule. The rows
 * of the findings have to be written.
 */
export async function countChanges(
  tx: Transaction,
  companyId: number,
  changes: readonly FindingChange[],
): Promise<void> {
  await countAlike(tx, companyId, changes);
  await countOfAssets(tx, changes);
  await countOfRules(
    tx,
    openDifferences(changes, ({ ruleId }) => ruleId),
  );
}

function addTo<Key>(differences: Map<Key, number>, key: Key, by: number): void {
  differences.set(key, (differences.get(key) ?? 0) + by);
}

function isOpenState(state: FindingState | null): boolean {
  return state !== null && isOpen(state.status);
}

/** By how many the open findings change, with those where as many come as go. */
function openDifferences(
  changes: readonly FindingChange[],
  keyOf: (change: FindingChange) => number,
): Differences<number> {
  const differences = new Map<number, number>();
  for (const change of changes) {
    const [before, after] = [isOpenState(change.from), isOpenState(change.to)];
    if (before || after) addTo(differences, keyOf(change), Number(after) - Number(before));
  }
  return differences;
}

async function countAlike(tx: Transaction, companyId: number, changes: readonly FindingChange[]): Promise<void> {
  const differences = new Map<string, number>();
  for (const { source, from, to } of changes) {
    for (const [state, by] of [[from, -1] as const, [to, 1] as const]) {
      if (state !== null)
        addTo(differences, JSON.stringify([source, state.severity, state.status, state.exploited]), by);
    }
  }
  const rows = [...differences].flatMap(([key, by]) => {
    const [source, severity, status, exploited] = JSON.parse(key) as [string, ...[never, never, boolean]];
    return by === 0 ? [] : [{ company_id: companyId, source, severity, status, exploited, findings: by }];
  });
  if (rows.length === 0) return;
  const insert = tx.sql
    .insertInto("finding_counts")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["company_id", "source", "severity", "status", "exploited"])
        .doUpdateSet((set) => ({ findings: set("finding_counts.findings", "+", set.ref("excluded.findings")) })),
    );
  await runQuery(tx, insert);
  if (rows.every(({ findings }) => findings > 0)) return;
  const remove = tx.sql.deleteFrom("finding_counts").where("company_id", "=", companyId).where("findings", "=", 0);
  await runQuery(tx, remove);
}

/** A table of ids and of what is added to the counts of their rows. */
function asTable(differences: Differences<number>) {
  const rows = [...differences].map(([id, by]) => sql`(cast(${id} as bigint), cast(${by} as bigint))`);
  return sql<{ column1: number; column2: number }>`(values ${sql.join(rows)})`.as("changed");
}

/** Counts the open findings of assets, and looks for the worst of them again wherever one changed. */
async function countOfAssets(tx: Transaction, changes: readonly FindingChange[]): Promise<void> {
  const differences = openDifferences(changes, ({ assetId }) => assetId);
  if (differences.size === 0) return;
  const query = tx.sql
    .updateTable("assets")
    .from(asTable(differences))
    .whereRef("assets.id", "=", "changed.column1")
    .set((set) => ({
      open_findings: set("assets.open_findings", "+", set.ref("changed.column2")),
      worst_severity: worstOpen(),
    }));
  await runQuery(tx, query);
}

/** Counts anew what is open on assets whose findings have moved. */
export async function recountAssets(tx: Transaction, ids: readonly number[]): Promise<void> {
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .updateTable("assets")
      .where("id", "in", some)
      .set({ open_findings: openOf("findings.asset_id", "assets.id"), worst_severity: worstOpen() });
    await runQuery(tx, query);
  }
}

async function countOfRules(tx: Transaction, differences: Differences<number>): Promise<void> {
  const changed = new Map([...differences].filter(([, by]) => by !== 0));
  if (changed.size === 0) return;
  const query = tx.sql
    .updateTable("finding_rules")
    .from(asTable(changed))
    .whereRef("finding_rules.id", "=", "changed.column1")
    .set((set) => ({ open_findings: set("finding_rules.open_findings", "+", set.ref("changed.column2")) }));
  await runQuery(tx, query);
}
