import type { Database } from "../../../src/database/handle.ts";
import { after, day } from "../../../src/database/durations.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import type { FindingStatus } from "../../../src/schema/surface/finding-words.ts";
import { findingStatuses } from "../../../src/schema/surface/finding-words.ts";
import type { DecisionAction } from "../../../src/surface/deciding/transitions.ts";
import { decideFindings } from "../../../src/surface/index.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { importLines, type Line } from "./reports.ts";

/** A company with a finding of each state, by its state when it was made. */
export interface Stated {
  readonly companyId: number;
  readonly ids: Readonly<Record<FindingStatus, number>>;
}

const decided: readonly [FindingStatus, DecisionAction][] = [
  ["confirmed", "confirm"],
  ["fixed", "fixed"],
  ["accepted", "accept-risk"],
  ["false_positive", "false-positive"],
  ["out_of_scope", "out-of-scope"],
];

/** A report of a finding for each state; all are said to be in a state of a report, where one is given. */
export function linesOfStates(state?: string): Line[] {
  return findingStatuses.map((rule) => ({ rule, ...(state === undefined ? {} : { state }) }));
}

/** The time so many days from now. */
export function inDays(db: Database, days: number): Date {
  return after(db.clock.now(), days * day);
}

/** Brings findings into every state by reports and decisions alone. What was accepted is so for 30 days. */
export async function makeStated(db: Database): Promise<Stated> {
  const { id: companyId } = await createTestCompany(db);
  const lines = linesOfStates().map((line) => (line.rule === "suppressed" ? { ...line, state: "suppressed" } : line));
  await importLines(db, companyId, lines);
  await importLines(
    db,
    companyId,
    lines.filter(({ rule }) => rule !== "resolved"),
  );
  const ids = Object.fromEntries((await findingsOf(db, companyId)).map(({ title, id }) => [title, id]));
  for (const [status, action] of decided) {
    const until = action === "accept-risk" ? { until: inDays(db, 30) } : {};
    await decideFindings(db, { ids: [ids[status] as number], action, reason: `It is ${status}.`, ...until });
  }
  return { companyId, ids: ids as Stated["ids"] };
}

/** The findings of a company as they are, by their ids. */
export async function findingsOf(db: Database, companyId: number) {
  const query = db.sql.selectFrom("findings").selectAll().where("company_id", "=", companyId).orderBy("id");
  return fetchAll(db, query);
}

/** The states of the findings of a company, in the order of the table of states. */
export async function statesOf(db: Database, { companyId }: Pick<Stated, "companyId">): Promise<FindingStatus[]> {
  const byTitle = new Map((await findingsOf(db, companyId)).map(({ title, status }) => [title, status]));
  return findingStatuses.map((title) => byTitle.get(title) as FindingStatus);
}

/** What was written into the history of a finding. */
export async function historyOf(db: Database, findingId: number) {
  const query = db.sql
    .selectFrom("finding_history")
    .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
    .select(["kind", "from_status", "to_status", "reason", "changes", "cause", "user_id", "change_set_id"])
    .where("finding_id", "=", findingId)
    .orderBy("finding_history.id");
  return fetchAll(db, query);
}
