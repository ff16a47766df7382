import type { Actor } from "../../access/actor.ts";
import type { Transaction } from "../../database/handle.ts";
import { runQuery } from "../../database/statement.ts";
import type { RowOf } from "../../schema/tables.ts";
import { stateOf } from "../changes/lock-findings.ts";
import { recordChanges } from "../changes/record-changes.ts";
import { inKeyLists } from "../importing/key-lists.ts";

/** Findings of a company, whose name is held, and whose they become. */
interface Assignment {
  readonly companyId: number;
  readonly findings: readonly RowOf<"findings">[];
  /** Null: nobody's. */
  readonly userId: number | null;
  readonly actor: Actor;
}

/** Gives findings to a user, or to nobody. Returns the change set that tells of it; null where there are none. */
export async function writeAssignments(
  tx: Transaction,
  { companyId, findings, userId, actor }: Assignment,
): Promise<number | null> {
  const now = tx.clock.now();
  for (const some of inKeyLists(findings.map(({ id }) => id))) {
    const values = { assigned_to_user_id: userId, updated_at: now };
    await runQuery(tx, tx.sql.updateTable("findings").set(values).where("id", "in", some));
  }
  return recordChanges(
    tx,
    { companyId, cause: "decision", importId: null, actor, at: now },
    findings.map((finding) => {
      const { id: findingId, assetId, ruleId, source, assignedToUserId } = finding;
      const state = stateOf(finding);
      const fields = { assignedToUserId: { old: assignedToUserId, new: userId } };
      return { findingId, assetId, ruleId, source, kind: "assigned", from: state, to: state, reason: null, fields };
    }),
  );
}
