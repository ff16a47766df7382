import { z } from "zod";
import { requireWithin } from "../../../access/require-within.ts";
import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changed } from "../../../operation/changed.ts";
import { changing } from "../../../operation/operation.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import { recordId } from "../../../validation/input.ts";
import { openAcceptedNoMore } from "../../acceptances/open-accepted-no-more.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import { recordChanges } from "../../changes/record-changes.ts";
import type { SlaPolicy } from "../../deciding/due-date.ts";
import { findFollowers } from "../closing/confirm-closures.ts";
import { inKeyLists } from "../key-lists.ts";
import { findingColumns, type KnownFinding } from "../merging/known-findings.ts";
import { ReportError } from "../report/report-errors.ts";
import { findTouched } from "./find-touched.ts";
import { restoreFindings } from "./restore-findings.ts";
import { restoreOthers } from "./restore-others.ts";
import { findMoved, restorePlaces } from "./restore-places.ts";
import { findSeenSince, handOn } from "./seen-since.ts";
import type { Undo } from "./undo.ts";

/**
 * Takes an import back: what it opened goes, what it resolved or brought back returns to what it was, and what it changed has its old
 * values again, with the risk and the due date that the feeds and policies of today make of them. What it opened and a person touched or
 * another series has seen since stays, and so does what a person has decided on since: both are counted `kept`. What other series have
 * seen since, or no longer saw, still holds; what is accepted again under an acceptance that is over is open at once.
 *
 * @returns `withdrawn`: findings that it had opened, and that are gone; `restored`: findings that are again what they were; `kept`
 * @throws {ReportError} UNDO_BLOCKED when a later import of its series spoke of one of its assets, or it was taken back already
 * @throws {NotFoundError} NOT_FOUND when there is no such import within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "undone.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://undone.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * const { importId } = await importReport(db, { companyId, source, format: "nerve" });
 * const { withdrawn } = await undoImport(db, { id: importId });
 */
export const undoImport = changing({
  summary: "Take an import back",
  permission: "scan:undo",
  input: { id: recordId() },
  output: z.object({ importId: z.int(), withdrawn: z.int(), restored: z.int(), kept: z.int() }),
  async run(tx, { id }, caller) {
    const { companyId } = await requireWithin(tx, scanImports, id, caller);
    await holdFindings(tx, companyId as number);
    const row = await requireWithin(tx, scanImports, id, caller, { locks: true });
    if (row.status === "undone")
      throw new ReportError("UNDO_BLOCKED", { message: `Import ${id} was taken back already.` });
    const later = await findFollowers(tx, row.seriesId, id);
    if (later !== null)
      throw new ReportError("UNDO_BLOCKED", {
        message: `Import ${later} of the same series followed: take that one back first.`,
      });
    const undo: Undo = {
      importId: id,
      companyId: companyId as number,
      seriesId: row.seriesId,
      startedAt: row.startedAt,
      policies: ((row.counts ?? {}) as { policies?: SlaPolicy[] }).policies ?? null,
    };
    const { touched, kept, changes } = await withdrawFindings(tx, undo);
    const moved = await findMoved(tx, undo);
    await restorePlaces(tx, undo);
    const back = await restoreFindings(tx, undo, { moved, stays: touched });
    await restoreOthers(tx, id);
    const { actor } = caller;
    const now = tx.clock.now();
    const reason = { companyId: undo.companyId, cause: "undo", importId: id, actor, at: now } as const;
    await recordChanges(tx, reason, [...changes, ...back.changes]);
    while (!(await openAcceptedNoMore(tx, { companyId: undo.companyId, actor })).isDone);
    await runQuery(tx, tx.sql.deleteFrom("import_changes").where("import_id", "=", id));
    await changeRow(tx, scanImports, id, {
      status: "undone",
      undoneAt: now,
      undoneByUserId: actor.userId,
      held: 0,
    });
    const [withdrawn, restored] = [changes.length, back.restored];
    const answer = { importId: id, withdrawn, restored, kept: kept + back.kept };
    return changed(answer, {
      action: "import_undone",
      on: scanImports,
      id,
      companyId,
      metadata: { withdrawn, restored },
    });
  },
});

/** Takes away the findings that the import opened, unless a person touched them or another series has seen them since. */
async function withdrawFindings(tx: Transaction, undo: Undo) {
  const query = anyTable(tx)
    .selectFrom("findings")
    .select([...findingColumns, "source"])
    .where("company_id", "=", undo.companyId)
    .where("first_import_id", "=", undo.importId);
  const opened = (await fetchAll(tx, query)) as unknown as (KnownFinding & { source: string })[];
  const ids = opened.map(({ id }) => id);
  const touched = await findTouched(tx, ids, undo);
  const seen = await findSeenSince(
    tx,
    ids.filter((id) => !touched.has(id)),
    undo,
  );
  await handOn(tx, undo, seen);
  const going = opened.filter(({ id }) => !touched.has(id) && !seen.has(id));
  for (const some of inKeyLists(going.map(({ id }) => id)))
    await runQuery(tx, tx.sql.deleteFrom("findings").where("id", "in", some));
  return { touched, kept: opened.length - going.length, changes: going.map(withdrawalOf) };
}

function withdrawalOf(finding: KnownFinding & { source: string }): FindingChange {
  const { id: findingId, assetId, ruleId, source, status, severity, knownExploited: exploited } = finding;
  const from = { status, severity, exploited };
  return { findingId, assetId, ruleId, source, kind: "withdrawn", from, to: null, reason: null };
}
