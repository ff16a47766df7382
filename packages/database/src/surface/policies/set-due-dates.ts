import { setImmediate as nextTurn } from "node:timers/promises";
import type { Actor } from "../../access/actor.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import type { Severity } from "../../schema/surface/assets.ts";
import type { RowOf } from "../../schema/tables.ts";
import type { FindingChange } from "../changes/finding-change.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { stateOf } from "../changes/lock-findings.ts";
import { recordChanges } from "../changes/record-changes.ts";
import { dueDate } from "../deciding/due-date.ts";
import { inKeyLists } from "../importing/key-lists.ts";
import { loadPolicies } from "./load-policies.ts";

type Finding = RowOf<"findings">;

/** Whose due dates follow from a policy that has changed. */
interface Wanted {
  readonly companyId: number;
  readonly severities: ReadonlySet<Severity>;
  readonly actor: Actor;
}

/** The last finding of a batch, in the order in which they were opened. */
type Place = Pick<Finding, "openedAt" | "id">;

interface Batch {
  readonly changed: number;
  /** Null at the end. */
  readonly last: Place | null;
}

/**
 * Gives open findings the due dates that follow from the company's policies, as many in a transaction as a change set holds.
 *
 * @param size findings of a batch
 * @returns how many have another one than before
 */
export async function setDueDates(db: Handle, wanted: Wanted, size = 5000): Promise<number> {
  let changed = 0;
  let place: Place | null = null;
  do {
    const after: Place | null = place;
    const confined = { company: wanted.companyId, large: true };
    const batch: Batch = await transaction(db, (tx) => setSome(tx, wanted, { after, size }), confined);
    changed += batch.changed;
    place = batch.last;
    await nextTurn();
  } while (place !== null);
  return changed;
}

async function setSome(
  tx: Transaction,
  { companyId, severities, actor }: Wanted,
  { after, size }: { after: Place | null; size: number },
): Promise<Batch> {
  await holdFindings(tx, companyId);
  // Read in each batch: who lays down another policy meanwhile is heard.
  const policies = await loadPolicies(tx, companyId);
  const open = await findOpen(tx, companyId, { after, size });
  const moved = open
    .filter(({ severity }) => severities.has(severity))
    .flatMap((finding) => {
      const { status, severity, knownExploited: exploited, openedAt, dueAt } = finding;
      const due = dueDate({ status, severity, exploited }, openedAt, policies);
      return due?.getTime() === dueAt?.getTime() ? [] : [{ finding, due }];
    });
  await writeDueDates(tx, moved);
  const reason = { companyId, cause: "policy", importId: null, actor, at: tx.clock.now() } as const;
  await recordChanges(tx, reason, moved.map(changeOf));
  return { changed: moved.length, last: open.length < size ? null : (open.at(-1) ?? null) };
}

/** Finds open findings in the order in which they were opened: one that is opened anew meanwhile comes later, and not never. */
function findOpen(tx: Transaction, companyId: number, { after, size }: { after: Place | null; size: number }) {
  const query = tx.sql
    .selectFrom("findings")
    .select(columnsOf("findings"))
    .where("company_id", "=", companyId)
    .where("is_open", "=", true)
    .orderBy("opened_at")
    .orderBy("id")
    .limit(size);
  if (after === null) return fetchAll(tx, query);
  const { openedAt, id } = after;
  return fetchAll(
    tx,
    query.where((eb) => eb(eb.refTuple("opened_at", "id"), ">", eb.tuple(openedAt, id))),
  );
}

interface Moved {
  readonly finding: Finding;
  readonly due: Date | null;
}

/** What one import opened is due at few times. */
async function writeDueDates(tx: Transaction, moved: readonly Moved[]): Promise<void> {
  const byTime = Map.groupBy(moved, ({ due }) => due?.getTime() ?? null);
  for (const [time, alike] of byTime) {
    const values = { due_at: time === null ? null : new Date(time), updated_at: tx.clock.now() };
    for (const some of inKeyLists(alike.map(({ finding }) => finding.id)))
      await runQuery(tx, tx.sql.updateTable("findings").set(values).where("id", "in", some));
  }
}

/** Its state is as it was; of the kinds of changes, only `rescored` says that a finding has become more or less urgent. */
function changeOf({ finding, due }: Moved): FindingChange {
  const { id: findingId, assetId, ruleId, source, dueAt } = finding;
  const state = stateOf(finding);
  const fields = { dueAt: { old: dueAt?.toISOString() ?? null, new: due?.toISOString() ?? null } };
  return { findingId, assetId, ruleId, source, kind: "rescored", from: state, to: state, reason: null, fields };
}
