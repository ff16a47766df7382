import { z } from "zod";
import { anyTable } from "../../../database/any-table.ts";
import { requireWithin } from "../../../access/require-within.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changed } from "../../../operation/changed.ts";
import { changing } from "../../../operation/operation.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import { findingLocations, findings } from "../../../schema/surface/findings.ts";
import { recordId } from "../../../validation/input.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { recordChanges } from "../../changes/record-changes.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import { findFollowers } from "../closing/confirm-closures.ts";
import { findingColumns, type KnownFinding } from "../merging/known-findings.ts";
import { readJournal, revived } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";
import { ReportError } from "../report/report-errors.ts";
import { findDecided, findTouched } from "./find-touched.ts";
import { restoreOthers } from "./restore-others.ts";
import { restoreRow } from "./restore-row.ts";
import { findSeenElsewhere, handOn } from "./seen-elsewhere.ts";

/**
 * Takes an import back: what it opened goes, what it resolved or brought back returns to what it was, and what it changed has its old
 * values again. What it opened and a person touched or another series has seen since stays, and so does what a person has decided on since:
 * both are counted `kept`.
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
      scannedAt: row.scannedAt,
    };
    const { withdrawn, kept, changes } = await withdrawFindings(tx, undo);
    const { restored, kept: keptOld, changes: back } = await restoreFindings(tx, undo);
    await restoreLocations(tx, undo);
    await restoreOthers(tx, id);
    const now = tx.clock.now();
    await recordChanges(
      tx,
      { companyId: undo.companyId, cause: "undo", importId: id, actor: { userId: caller.actor.userId }, at: now },
      [...changes, ...back],
    );
    await runQuery(tx, tx.sql.deleteFrom("import_changes").where("import_id", "=", id));
    await changeRow(tx, scanImports, id, {
      status: "undone",
      undoneAt: now,
      undoneByUserId: caller.actor.userId,
      held: 0,
    });
    const answer = { importId: id, withdrawn, restored, kept: kept + keptOld };
    return changed(answer, {
      action: "import_undone",
      on: scanImports,
      id,
      companyId,
      metadata: { withdrawn, restored },
    });
  },
});

interface Undo {
  readonly importId: number;
  readonly companyId: number;
  readonly seriesId: number;
  readonly scannedAt: Date;
}

const stateOf = ({ status, severity, knownExploited }: KnownFinding) => ({
  status,
  severity,
  exploited: knownExploited,
});

/** Takes away the findings that the import opened, unless a person touched them or another series has seen them since. */
async function withdrawFindings(tx: Transaction, { importId, companyId, seriesId }: Undo) {
  const query = anyTable(tx)
    .selectFrom("findings")
    .select([...findingColumns, "source"])
    .where("company_id", "=", companyId)
    .where("first_import_id", "=", importId);
  const opened = (await fetchAll(tx, query)) as unknown as (KnownFinding & { source: string })[];
  const ids = opened.map(({ id }) => id);
  const touched = await findTouched(tx, ids, importId);
  const seen = await findSeenElsewhere(tx, ids, seriesId);
  await handOn(tx, seen);
  const going = opened.filter(({ id }) => !touched.has(id) && !seen.has(id));
  const changes = going.map((finding): FindingChange => {
    const { id, assetId, ruleId, source } = finding;
    return {
      findingId: id,
      assetId,
      ruleId,
      source,
      kind: "withdrawn",
      from: stateOf(finding),
      to: null,
      reason: null,
    };
  });
  for (const some of inKeyLists(going.map(({ id }) => id)))
    await runQuery(tx, tx.sql.deleteFrom("findings").where("id", "in", some));
  return { withdrawn: going.length, kept: opened.length - going.length, changes };
}

/** Gives findings their old values; state, too, unless a person changed it since. */
async function restoreFindings(tx: Transaction, undo: Undo) {
  const olds = await readJournal(tx, undo.importId, "findings");
  const ids = [...olds.keys()];
  const present = new Map<number, KnownFinding & { source: string }>();
  for (const some of inKeyLists(ids)) {
    const query = anyTable(tx)
      .selectFrom("findings")
      .select([...findingColumns, "source"])
      .where("id", "in", some);
    for (const row of (await fetchAll(tx, query)) as unknown as (KnownFinding & { source: string })[])
      present.set(row.id, row);
  }
  const decided = await findDecided(tx, ids, undo.importId);
  const changes: FindingChange[] = [];
  let [restored, kept] = [0, 0];
  for (const [id, before] of olds) {
    const finding = present.get(id);
    if (finding === undefined) continue;
    if (decided.has(id)) {
      kept += 1;
      continue;
    }
    const values = revived(findings, before ?? {});
    await changeRow(tx, findings, id, values as never);
    const from = stateOf(finding);
    const to = stateOf({ ...finding, ...(values as Partial<KnownFinding>) });
    if (from.status === to.status && from.severity === to.severity) continue;
    if (from.status !== to.status) restored += 1;
    const { assetId, ruleId, source } = finding;
    changes.push({ findingId: id, assetId, ruleId, source, kind: "restored", from, to, reason: null });
  }
  return { restored, kept, changes };
}

/** Takes away the places that only the import saw, and gives the others back the sight before it. */
async function restoreLocations(tx: Transaction, undo: Undo): Promise<void> {
  const { importId, companyId, seriesId } = undo;
  const olds = await readJournal(tx, importId, "finding_locations");
  const ofImport = await findAssetsSpokenOf(tx, undo);
  for (const some of inKeyLists(ofImport)) {
    const inAssets = tx.sql.selectFrom("findings").select("id").where("asset_id", "in", some);
    await runQuery(
      tx,
      tx.sql
        .deleteFrom("finding_locations")
        .where("finding_id", "in", inAssets)
        .where("series_id", "=", seriesId)
        .where("company_id", "=", companyId)
        .where("first_import_id", "=", importId),
    );
    await seenBefore(tx, undo, inAssets);
    await runQuery(
      tx,
      tx.sql
        .updateTable("finding_locations")
        .set({ present: true, gone_import_id: null })
        .where("finding_id", "in", inAssets)
        .where("gone_import_id", "=", importId),
    );
  }
  for (const [id, before] of olds) await restoreRow(tx, findingLocations, id, before ?? {});
}

/** Places were seen last by the import before; when that was, its own row says. */
async function seenBefore(
  tx: Transaction,
  { importId, seriesId }: Undo,
  findingIds: ReturnType<typeof idsOf>,
): Promise<void> {
  await runQuery(
    tx,
    tx.sql
      .updateTable("finding_locations")
      .set((eb) => ({
        last_seen_at: eb.fn.coalesce(
          eb
            .selectFrom("scan_imports")
            .select("scan_imports.scanned_at")
            .whereRef("scan_imports.id", "=", "finding_locations.previous_import_id"),
          eb.ref("last_seen_at"),
        ),
        last_import_id: eb.fn.coalesce("previous_import_id", "first_import_id"),
        previous_import_id: null,
      }))
      .where("finding_id", "in", findingIds)
      .where("series_id", "=", seriesId)
      .where("last_import_id", "=", importId),
  );
}

const idsOf = (tx: Transaction) => tx.sql.selectFrom("findings").select("id");

async function findAssetsSpokenOf(tx: Transaction, { seriesId, importId }: Undo): Promise<number[]> {
  const query = tx.sql
    .selectFrom("asset_coverage")
    .select("asset_id")
    .where("series_id", "=", seriesId)
    .where((eb) => eb.or([eb("spoke_import_id", "=", importId), eb("covered_import_id", "=", importId)]));
  return (await fetchAll(tx, query)).map(({ assetId }) => assetId);
}
