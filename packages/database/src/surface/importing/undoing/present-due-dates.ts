import { isDeepStrictEqual } from "node:util";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import type { Severity } from "../../../schema/surface/assets.ts";
import { changedDueDate, type Dated, dueDate, type SlaPolicy } from "../../deciding/due-date.ts";
import { loadPolicies } from "../../policies/load-policies.ts";
import { inKeyLists } from "../key-lists.ts";
import { historySince } from "./find-touched.ts";
import type { Undo } from "./undo.ts";

/** A finding as it is again; `dueAt` was its due date then, undefined where it had none of that state. */
interface Again extends Omit<Dated, "dueAt"> {
  readonly id: number;
  readonly dueAt: Date | null | undefined;
}

export type DueDateOf = (finding: Again) => Date | null;

/**
 * Tells when findings are due that are again what they were before an import: when they were then, unless a policy or what is known of
 * their exploitation has changed since.
 */
export async function presentDueDates(tx: Transaction, undo: Undo, ids: readonly number[]): Promise<DueDateOf> {
  const policies = await loadPolicies(tx, undo.companyId);
  const isChanged = ({ severity }: Pick<Dated, "severity">) =>
    undo.policies !== null && !isDeepStrictEqual(policyOf(severity, undo.policies), policyOf(severity, policies));
  const exploitations = await findExploitations(tx, undo, ids);
  return ({ id, dueAt, ...finding }) => {
    if (dueAt === undefined || isChanged(finding)) return dueDate(finding, finding.openedAt, policies);
    const since = exploitations.get(id);
    if (since === undefined) return dueAt;
    return changedDueDate({ ...finding, dueAt, exploited: since.was }, finding, since.at, policies);
  };
}

function policyOf(severity: Severity, policies: readonly SlaPolicy[]): SlaPolicy | undefined {
  return policies.find((policy) => policy.severity === severity);
}

/** Whether findings were known to be exploited before feeds changed it, and when they did the last time. */
async function findExploitations(tx: Transaction, undo: Undo, ids: readonly number[]) {
  const found = new Map<number, { readonly was: boolean; readonly at: Date }>();
  for (const some of inKeyLists(ids)) {
    const query = historySince(tx, undo)
      .select(["finding_history.finding_id", "finding_history.changes", "finding_history.at"])
      .where("finding_history.finding_id", "in", some)
      .where("finding_history.kind", "=", "exploited")
      .orderBy("finding_history.id");
    for (const { findingId, changes, at } of await fetchAll(tx, query)) {
      const { old } = (changes as { knownExploited: { old: boolean } }).knownExploited;
      found.set(findingId, { was: found.get(findingId)?.was ?? old, at });
    }
  }
  return found;
}
