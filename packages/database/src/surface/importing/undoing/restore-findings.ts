import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, fetchFirst, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import type { AssetStatus } from "../../../schema/surface/assets.ts";
import { findings as findingTable } from "../../../schema/surface/findings.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { columnsOfStatus } from "../../deciding/columns-of-status.ts";
import { riskOf } from "../../deciding/risk-of.ts";
import { type FindingStatus, isOpen } from "../../deciding/statuses.ts";
import { readJournal } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";
import { findingColumns, type KnownFinding } from "../merging/known-findings.ts";
import { findFormers, type Former, type FormerValues } from "./find-formers.ts";
import { findDecided } from "./find-touched.ts";
import { type DueDateOf, presentDueDates } from "./present-due-dates.ts";
import { findSeenSince, handOn } from "./seen-since.ts";
import type { Undo } from "./undo.ts";

type Finding = KnownFinding & {
  readonly source: string;
  readonly criticality: number;
  readonly assetStatus: AssetStatus;
};

/**
 * Gives findings their old values, but for those that a person has decided on since. What other series have seen of them since, or no
 * longer saw, holds all the same: values that they saw stay, and the state agrees with the places, which are restored already.
 *
 * @param moved findings of which the import made, saw or lost a place
 * @param stays those that it opened, and that a person has touched
 */
export async function restoreFindings(
  tx: Transaction,
  undo: Undo,
  { moved, stays }: { readonly moved: readonly number[]; readonly stays: ReadonlySet<number> },
): Promise<{ restored: number; kept: number; changes: FindingChange[] }> {
  const olds = await readJournal(tx, undo.importId, "findings");
  const ids = [...new Set([...olds.keys(), ...moved])].filter((id) => !stays.has(id));
  const decided = await findDecided(tx, ids, undo);
  const returning = ids.filter((id) => !decided.has(id));
  const seen = await findSeenSince(tx, returning, undo);
  await handOn(tx, undo, seen);
  const dueDateOf = await presentDueDates(tx, undo, returning);
  const changes: FindingChange[] = [];
  for (const some of inKeyLists(returning)) {
    const findings = await readFindings(tx, some);
    // What the import had opened, and changed in a later slice, is gone.
    if (findings.length === 0) continue;
    const byId = new Map(findings.map((finding) => [finding.id, finding]));
    const formers = await findFormers(tx, undo, findings, { olds, seen });
    // The last change first: what took over the name of another gives it back before that one has it again.
    for (const finding of some.flatMap((id) => byId.get(id) ?? [])) {
      const change = await restoreFinding(tx, finding, formers.get(finding.id) as Former, dueDateOf);
      if (change !== null) changes.push(change);
    }
    await dropEvidence(
      tx,
      undo,
      some.filter((id) => !seen.has(id)),
    );
  }
  const restored = changes.filter(({ from, to }) => from?.status !== to?.status).length;
  return { restored, kept: [...decided].filter((id) => olds.has(id)).length, changes };
}

async function readFindings(tx: Transaction, ids: readonly number[]): Promise<readonly Finding[]> {
  const query = anyTable(tx)
    .selectFrom("findings")
    .innerJoin("assets", "assets.id", "findings.asset_id")
    .select(findingColumns.map((column) => `findings.${column}`))
    .select(["findings.source", "assets.criticality", "assets.status as asset_status"])
    .where("findings.id", "in", ids)
    .orderBy("findings.id");
  return (await fetchAll(tx, query)) as unknown as Finding[];
}

/** Gives a finding its old values, and the state that it is to have. */
async function restoreFinding(
  tx: Transaction,
  finding: Finding,
  { before, status: former }: Former,
  dueDateOf: DueDateOf,
): Promise<FindingChange | null> {
  const { id, assetId, ruleId, source, knownExploited: exploited, epss, criticality } = finding;
  const { severity = finding.severity, openedAt = finding.openedAt } = before;
  const status = onAsset(finding, former);
  const isFormer = status === (before.status ?? finding.status);
  const now = tx.clock.now();
  const fields: FormerValues = {
    ...(await withoutTaken(tx, finding, before)),
    ...(isFormer ? {} : { ...columnsOfStatus(status, now), statusReason: null, changedAt: now, dueAt: null }),
  };
  if (Object.keys(fields).length === 0) return null;
  const known = isFormer ? before.dueAt : undefined;
  // What depends on feeds, policies and how much the asset matters is of today.
  if ("dueAt" in fields) fields.dueAt = dueDateOf({ id, status, severity, exploited, openedAt, dueAt: known });
  if ("risk" in fields) fields.risk = riskOf({ severity, exploited, epss, criticality });
  await changeRow(tx, findingTable, id, fields);
  if (status === finding.status && severity === finding.severity) return null;
  const from = { status: finding.status, severity: finding.severity, exploited };
  const to = { status, severity, exploited };
  return { findingId: id, assetId, ruleId, source, kind: "restored", from, to, reason: null };
}

const names = new Set(["contextKey", "ordinal", "toolKey"]);

/** What another finding goes by since stays its own. */
async function withoutTaken(tx: Transaction, { id, assetId, ruleId }: Finding, before: FormerValues) {
  const { contextKey, ordinal } = before;
  if (contextKey === undefined || ordinal === undefined) return before;
  const query = tx.sql
    .selectFrom("findings")
    .select("id")
    .where("asset_id", "=", assetId)
    .where("rule_id", "=", ruleId)
    .where("context_key", "=", contextKey)
    .where("ordinal", "=", ordinal)
    .where("id", "<>", id);
  if ((await fetchFirst(tx, query)) === null) return before;
  return Object.fromEntries(Object.entries(before).filter(([name]) => !names.has(name)));
}

/** What would be open again on an asset that somebody ignores meanwhile is out of scope. */
function onAsset({ status: present, assetStatus }: Finding, status: FindingStatus): FindingStatus {
  return isOpen(status) && !isOpen(present) && assetStatus === "ignored" ? "out_of_scope" : status;
}

/** Evidence of what the import opened anew goes with it. */
async function dropEvidence(tx: Transaction, { importId }: Undo, ids: readonly number[]): Promise<void> {
  const query = tx.sql.deleteFrom("finding_evidence").where("import_id", "=", importId);
  for (const some of inKeyLists(ids)) await runQuery(tx, query.where("finding_id", "in", some));
}
