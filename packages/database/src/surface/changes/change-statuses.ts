import type { Transaction } from "../../database/handle.ts";
import { changeRows } from "../../rows/change-rows.ts";
import type { FindingStatus } from "../../schema/surface/finding-words.ts";
import { findings } from "../../schema/surface/findings.ts";
import type { Row, RowChanges } from "../../schema/kit/index.ts";
import { changeKind } from "../deciding/change-kind.ts";
import { columnsOfStatus } from "../deciding/columns-of-status.ts";
import { changedDueDate, type SlaPolicy } from "../deciding/due-date.ts";
import { isOpen } from "../deciding/statuses.ts";
import type { ChangeReason, FindingChange } from "./finding-change.ts";
import { recordChanges } from "./record-changes.ts";

/** What a change of state has to know of a finding. */
export const statedColumns = [
  "findings.id",
  "findings.asset_id",
  "findings.rule_id",
  "findings.source",
  "findings.status",
  "findings.severity",
  "findings.known_exploited",
  "findings.opened_at",
  "findings.due_at",
  "findings.risk_acceptance_id",
] as const;

/** A finding as a change of its state needs it. */
export type StatedFinding = Pick<
  Row<typeof findings>,
  | "id"
  | "assetId"
  | "ruleId"
  | "source"
  | "status"
  | "severity"
  | "knownExploited"
  | "openedAt"
  | "dueAt"
  | "riskAcceptanceId"
>;

/** A finding, and the state that it has from now on; the same one where only its acceptance is another. */
export interface StatusChange {
  readonly finding: StatedFinding;
  readonly to: FindingStatus;
}

/** What findings whose states change together have in common. */
export interface Restating extends ChangeReason {
  readonly cause: "decision" | "expiry";
  /** What the person said; null where nobody did. */
  readonly why: string | null;
  /** The acceptance that the accepted ones are under. */
  readonly riskAcceptanceId: number | null;
  readonly policies: readonly SlaPolicy[];
  /** What else is told of each of them in its history. */
  readonly fields?: FindingChange["fields"];
}

/**
 * Gives findings of a company new states by a few statements, and writes down how they changed. One that becomes open begins anew, with
 * its whole time; its risk stays what it is. The caller holds the company's findings.
 *
 * @returns the id of the first change set; null where there are no changes
 */
export async function changeStatuses(
  tx: Transaction,
  restating: Restating,
  changes: readonly StatusChange[],
): Promise<number | null> {
  const written = changes.map((change) => ({ id: change.finding.id, columns: columnsOf(change, restating) }));
  for (const alike of Map.groupBy(written, ({ columns }) => JSON.stringify(columns)).values()) {
    const [{ columns }] = alike as [(typeof alike)[number]];
    await changeRows(
      tx,
      findings,
      alike.map(({ id }) => id),
      columns,
    );
  }
  return recordChanges(
    tx,
    restating,
    changes.map((change) => recordOf(change, restating)),
  );
}

/** The columns that change: few different ones, since what a finding keeps for itself is not among them. */
function columnsOf({ finding, to }: StatusChange, restating: Restating): RowChanges<typeof findings> {
  const { at, why, policies } = restating;
  const { severity, knownExploited: exploited } = finding;
  const dueAt = changedDueDate({ ...finding, exploited }, { status: to, severity, exploited }, at, policies);
  return {
    ...columnsOfStatus(to, at),
    statusReason: why,
    riskAcceptanceId: acceptanceOf(to, restating),
    changedAt: at,
    ...(dueAt?.getTime() === finding.dueAt?.getTime() ? {} : { dueAt }),
    ...(isOpen(to) && !isOpen(finding.status) ? { openedAt: at } : {}),
  };
}

/** What is not accepted any more is under no acceptance. */
function acceptanceOf(to: FindingStatus, { riskAcceptanceId }: Restating): number | null {
  return to === "accepted" ? riskAcceptanceId : null;
}

function recordOf({ finding, to }: StatusChange, restating: Restating): FindingChange {
  const { id: findingId, assetId, ruleId, source, status, severity, knownExploited: exploited } = finding;
  const fields = fieldsOf(finding.riskAcceptanceId, acceptanceOf(to, restating), restating);
  return {
    findingId,
    assetId,
    ruleId,
    source,
    kind: changeKind(status, to, restating.cause),
    from: { status, severity, exploited },
    to: { status: to, severity, exploited },
    reason: restating.why,
    ...(fields === undefined ? {} : { fields }),
  };
}

/** What is told beside the state. */
function fieldsOf(old: number | null, next: number | null, { fields }: Restating): FindingChange["fields"] {
  return old === next ? fields : { ...fields, riskAcceptanceId: { old, new: next } };
}
