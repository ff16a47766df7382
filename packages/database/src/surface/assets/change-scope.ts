import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { changeStatuses, statedColumns, type StatedFinding, type StatusChange } from "../changes/change-statuses.ts";
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
  const changes = findings.flatMap((finding): StatusChange[] => {
    const outcome = whenDecided(action, finding.status, "open");
    return typeof outcome === "string" ? [] : [{ finding, to: outcome.to }];
  });
  const companyId = asset.companyId as number;
  const restating = {
    companyId,
    cause: "decision",
    importId: null,
    actor,
    at,
    why: reason,
    riskAcceptanceId: null,
    policies: await loadPolicies(tx, companyId),
    // That it is the asset that changed, and not a decision on the finding.
    fields: { assetStatus: { old: asset.status, new: status } },
  } as const;
  await changeStatuses(tx, restating, changes);
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
): Promise<StatedFinding[]> {
  const found: StatedFinding[] = [];
  for (const some of inKeyLists(assetIds)) {
    const query = tx.sql
      .selectFrom("findings")
      .select(statedColumns)
      .where("asset_id", "in", some)
      .where("is_open", "=", statuses.some(isOpen))
      .where("status", "in", statuses)
      .orderBy("id");
    found.push(...(await fetchAll(tx, query)));
  }
  return found;
}

/** Those that are out of scope since their asset is ignored, and not by a decision on themselves. */
async function findIgnored(tx: Transaction, assetIds: readonly number[]): Promise<StatedFinding[]> {
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
      // The last change tells; that an acceptance ended or an import was undone puts there what is on ignored assets, too.
      const isByItself = cause === "import" || cause === "expiry" || cause === "undo";
      if (isByItself || assetStatus?.new === "ignored") decided.delete(findingId);
      else decided.add(findingId);
    }
  }
  return decided;
}
