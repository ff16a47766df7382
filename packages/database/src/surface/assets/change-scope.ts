import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import type { RowOf, VisibleRowOf } from "../../schema/tables.ts";
import type { FindingChange } from "../changes/finding-change.ts";
import { recordChanges } from "../changes/record-changes.ts";
import { changeKind } from "../deciding/change-kind.ts";
import { dueDate, type SlaPolicy } from "../deciding/due-date.ts";
import { type FindingStatus, isOpen } from "../deciding/statuses.ts";
import { whenDecided } from "../deciding/transitions.ts";
import { inKeyLists } from "../importing/key-lists.ts";
import { loadPolicies } from "../policies/load-policies.ts";

/** Whether an asset counts from now on. */
interface Scope {
  readonly asset: VisibleRowOf<"assets">;
  readonly status: "active" | "ignored";
  readonly reason: string | null;
}

const columns = ["id", "asset_id", "rule_id", "source", "status", "severity", "known_exploited"] as const;

type Finding = Pick<
  RowOf<"findings">,
  "id" | "assetId" | "ruleId" | "source" | "status" | "severity" | "knownExploited"
>;

/** A finding, with the state that it has from now on. */
interface Restated {
  readonly finding: Finding;
  readonly to: FindingStatus;
}

/**
 * Lets an asset and, of a host, its services count or not, with what is open on them, or was before they were ignored.
 *
 * @returns how many findings changed
 */
export async function changeScope(tx: Transaction, scope: Scope, { actor }: Caller): Promise<number> {
  const { asset, status, reason } = scope;
  const ids = [asset.id, ...(await findServices(tx, asset, status))];
  const at = tx.clock.now();
  for (const some of inKeyLists(ids))
    await runQuery(tx, tx.sql.updateTable("assets").set({ status, updated_at: at }).where("id", "in", some));
  const [action, findings] =
    status === "ignored"
      ? (["out-of-scope", await findIn(tx, ids, ["open", "confirmed"])] as const)
      : (["reopen", await findIgnored(tx, ids)] as const);
  const restated = findings.flatMap((finding): Restated[] => {
    const outcome = whenDecided(action, finding.status, "open");
    return typeof outcome === "string" ? [] : [{ finding, to: outcome.to }];
  });
  const companyId = asset.companyId as number;
  await writeStates(tx, restated, { reason, at, policies: await loadPolicies(tx, companyId) });
  const why = { companyId, cause: "decision", importId: null, actor, at } as const;
  const changes = restated.map((one) => changeOf(one, scope));
  await recordChanges(tx, why, changes);
  return changes.length;
}

/** The services of a host that change with it. */
async function findServices(tx: Transaction, { id, kind }: Scope["asset"], status: Scope["status"]): Promise<number[]> {
  if (kind !== "host") return [];
  const query = tx.sql
    .selectFrom("assets")
    .select("id")
    .where("parent_id", "=", id)
    .where("kind", "=", "service")
    .where("deleted_at", "is", null)
    .where("status", status === "ignored" ? "!=" : "=", "ignored");
  return (await fetchAll(tx, query)).map((service) => service.id);
}

async function findIn(
  tx: Transaction,
  assetIds: readonly number[],
  statuses: readonly FindingStatus[],
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const some of inKeyLists(assetIds)) {
    const query = tx.sql
      .selectFrom("findings")
      .select(columns)
      .where("asset_id", "in", some)
      .where("is_open", "=", statuses.some(isOpen))
      .where("status", "in", statuses)
      .orderBy("id");
    found.push(...(await fetchAll(tx, query)));
  }
  return found;
}

/** Those that are out of scope since their asset is ignored, and not by a decision on themselves. */
async function findIgnored(tx: Transaction, assetIds: readonly number[]): Promise<Finding[]> {
  const found = await findIn(tx, assetIds, ["out_of_scope"]);
  const decided = await findDecided(
    tx,
    found.map(({ id }) => id),
  );
  return found.filter(({ id }) => !decided.has(id));
}

/** Those among some findings out of scope that a person decided on: imports put there what is on ignored assets alone. */
async function findDecided(tx: Transaction, ids: readonly number[]): Promise<Set<number>> {
  const decided = new Set<number>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("finding_history")
      .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
      .select(["finding_id", "from_status", "to_status", "changes", "cause"])
      .where("finding_id", "in", some)
      .orderBy("finding_history.id");
    for (const { findingId, fromStatus, toStatus, changes, cause } of await fetchAll(tx, query)) {
      if (fromStatus === toStatus) continue;
      const { assetStatus } = (changes ?? {}) as { assetStatus?: { new: string } };
      // The last change tells.
      if (cause === "import" || assetStatus?.new === "ignored") decided.delete(findingId);
      else decided.add(findingId);
    }
  }
  return decided;
}

/** Writes states by a few statements: those that become open begin anew, with the time that findings like them have. */
async function writeStates(
  tx: Transaction,
  restated: readonly Restated[],
  { reason, at, policies }: { reason: string | null; at: Date; policies: readonly SlaPolicy[] },
): Promise<void> {
  const alike = Map.groupBy(restated, ({ to, finding: { severity, knownExploited } }) =>
    JSON.stringify([to, severity, knownExploited]),
  );
  for (const some of alike.values()) {
    const [{ to, finding }] = some as [Restated];
    const { severity, knownExploited: exploited } = finding;
    const values = {
      status: to,
      status_reason: reason,
      is_open: isOpen(to),
      due_at: dueDate({ status: to, severity, exploited }, at, policies),
      changed_at: at,
      updated_at: at,
      ...(isOpen(to) ? { opened_at: at } : {}),
    };
    for (const ids of inKeyLists(some.map((one) => one.finding.id)))
      await runQuery(tx, tx.sql.updateTable("findings").set(values).where("id", "in", ids));
  }
}

/** What is told of a finding: that it is its asset that changed. */
function changeOf({ finding, to }: Restated, { asset, status: next, reason }: Scope): FindingChange {
  const { id: findingId, assetId, ruleId, source, status, severity, knownExploited: exploited } = finding;
  return {
    findingId,
    assetId,
    ruleId,
    source,
    kind: changeKind(status, to, "decision"),
    from: { status, severity, exploited },
    to: { status: to, severity, exploited },
    reason,
    fields: { assetStatus: { old: asset.status, new: next } },
  };
}
