import { exposureSource } from "@nerve/catalogues";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRows } from "../../../rows/change-rows.ts";
import { findings as findingTable } from "../../../schema/surface/findings.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { recordChanges } from "../../changes/record-changes.ts";
import { columnsOfStatus } from "../../deciding/columns-of-status.ts";
import { isOpen } from "../../deciding/statuses.ts";
import { whenGone } from "../../deciding/transitions.ts";
import { type JournalEntry, writeJournal } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";
import type { Closing, ClosingPlan } from "./plan-closings.ts";

/** Closes what was planned. Returns how many findings were resolved, exposures of services apart. */
export async function closePlanned(
  tx: Transaction,
  run: Closing,
  { locations }: ClosingPlan,
): Promise<{ closed: number; exposures: number }> {
  for (const some of inKeyLists(locations.map(({ id }) => id))) {
    const query = tx.sql
      .updateTable("finding_locations")
      .set({ present: false, gone_import_id: run.importId })
      .where("id", "in", some);
    await runQuery(tx, query);
  }
  let [closed, exposures] = [0, 0];
  for (const some of inKeyLists(new Set(locations.map(({ findingId }) => findingId)))) {
    const changes = await resolveAbsent(tx, run, some);
    exposures += changes.filter(({ source }) => source === exposureSource).length;
    closed += changes.filter(({ source }) => source !== exposureSource).length;
  }
  return { closed, exposures };
}

/** Resolves the findings among some of which no place is left. */
async function resolveAbsent(tx: Transaction, run: Closing, ids: readonly number[]): Promise<FindingChange[]> {
  const query = tx.sql
    .selectFrom("findings")
    .select(["id", "asset_id", "rule_id", "source", "status", "status_reason", "severity", "known_exploited"])
    .select(["due_at", "changed_at", "resolved_at"])
    .where("id", "in", ids)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("finding_locations")
            .select("finding_locations.id")
            .where("finding_locations.finding_id", "=", eb.ref("findings.id"))
            .where("finding_locations.present", "=", true),
        ),
      ),
    );
  const found = (await fetchAll(tx, query)).flatMap((finding) => {
    const next = whenGone(finding.status);
    return next === null ? [] : [{ finding, next }];
  });
  for (const [next, some] of Map.groupBy(found, (one) => one.next)) {
    const fields = { ...columnsOfStatus(next, run.now), statusReason: null, dueAt: null, changedAt: run.now };
    const absent = some.map(({ finding }) => finding.id);
    await changeRows(tx, findingTable, absent, fields);
  }
  const changes: FindingChange[] = [];
  const journal: JournalEntry[] = [];
  for (const { finding, next } of found) {
    const { id, status, severity, knownExploited: exploited, statusReason, dueAt, changedAt, resolvedAt } = finding;
    journal.push({
      tableName: "findings",
      rowId: id,
      before: { status, isOpen: isOpen(status), statusReason, dueAt, changedAt, resolvedAt },
    });
    const { assetId, ruleId, source } = finding;
    const from = { status, severity, exploited };
    changes.push({
      findingId: id,
      assetId,
      ruleId,
      source,
      kind: "resolved",
      from,
      to: { ...from, status: next },
      reason: null,
    });
  }
  await writeJournal(tx, run, journal);
  const { companyId, importId, userId, now: at } = run;
  await recordChanges(tx, { companyId, cause: "import", importId, actor: { userId }, at }, changes);
  return changes;
}
