import type { Transaction } from "../../database/handle.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { findingChangeSets, findingHistory } from "../../schema/surface/finding-history.ts";
import { findingChangeHandlers } from "../consequences.ts";
import { countChanges } from "./count-changes.ts";
import type { ChangeReason, FindingChange, FindingChangeSet } from "./finding-change.ts";

/** Changes of one set, so that what follows from them is bounded. */
const mostChanges = 5000;

/**
 * Writes down how findings of a company changed: a change set with the history of each finding. It keeps the counts, and does what
 * follows from the changes (`consequences.ts`). The caller holds the company's findings, and has written the rows of findings, those
 * that are gone included; each finding is in the changes once. More than 5,000 changes make several sets.
 *
 * @returns the id of the first change set; null, and nothing is written, where there are no changes
 */
export async function recordChanges(
  tx: Transaction,
  reason: ChangeReason,
  changes: readonly FindingChange[],
): Promise<number | null> {
  let first: number | null = null;
  for (let start = 0; start < changes.length; start += mostChanges) {
    const id = await recordSet(tx, reason, changes.slice(start, start + mostChanges));
    first ??= id;
  }
  return first;
}

async function recordSet(tx: Transaction, reason: ChangeReason, changes: readonly FindingChange[]): Promise<number> {
  const { companyId, cause, importId, actor, at } = reason;
  const { userId } = actor;
  const counts = { ...countKinds(changes), ...(cause === "import" ? rangeOpened(changes) : {}) };
  const { id } = await insertRow(tx, findingChangeSets, { companyId, cause, importId, userId, at, counts });
  const set: FindingChangeSet = { ...reason, id, changes };
  await insertMany(
    tx,
    findingHistory,
    changes.filter((change) => hasHistory(change, set)).map((change) => historyOf(change, set)),
  );
  await countChanges(tx, companyId, changes);
  for (const follow of findingChangeHandlers) await follow(tx, set);
  return id;
}

function countKinds(changes: readonly FindingChange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The ids between which the findings lie that an import opened: they have no history that would lead to them. */
function rangeOpened(changes: readonly FindingChange[]): { firstOpened?: number; lastOpened?: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const { findingId, from } of changes) {
    if (from !== null) continue;
    [first, last] = [Math.min(first, findingId), Math.max(last, findingId)];
  }
  return last === 0 ? {} : { firstOpened: first, lastOpened: last };
}

/** An opening by an import can be told from the finding, and one that is gone takes its history along. */
function hasHistory({ from, to }: FindingChange, { cause }: FindingChangeSet): boolean {
  return to !== null && !(from === null && cause === "import");
}

function historyOf(change: FindingChange, { id: changeSetId, companyId, at }: FindingChangeSet) {
  const { findingId, kind, from, to, reason } = change;
  return {
    companyId,
    findingId,
    changeSetId,
    kind,
    fromStatus: from?.status ?? null,
    toStatus: to?.status ?? null,
    fromSeverity: from?.severity ?? null,
    toSeverity: to?.severity ?? null,
    reason,
    changes: fieldsOf(change),
    at,
  };
}

/** What changed besides status and severity; null where nothing did. */
function fieldsOf({ from, to, fields = {} }: FindingChange): NonNullable<FindingChange["fields"]> | null {
  const isOther = from !== null && to !== null && from.exploited !== to.exploited;
  const all = isOther ? { ...fields, knownExploited: { old: from.exploited, new: to.exploited } } : fields;
  return Object.keys(all).length === 0 ? null : all;
}
