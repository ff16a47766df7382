import type { Transaction } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { ValidationError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { rowOf } from "../../rows/row-of.ts";
import { severities, type Severity } from "../../schema/surface/assets.ts";
import { findings as findingTable } from "../../schema/surface/findings.ts";
import type { RowOf } from "../../schema/tables.ts";
import { oneOf, recordId, text } from "../../validation/input.ts";
import { lockFindings, stateOf } from "../changes/lock-findings.ts";
import { recordChanges } from "../changes/record-changes.ts";
import { columnsOfStatus } from "../deciding/columns-of-status.ts";
import { changeKind } from "../deciding/change-kind.ts";
import { changedDueDate } from "../deciding/due-date.ts";
import { riskOf } from "../deciding/risk-of.ts";
import type { FindingStatus } from "../deciding/statuses.ts";
import { whenRated } from "../deciding/transitions.ts";
import { loadPolicies } from "../policies/load-policies.ts";

type Finding = RowOf<"findings">;

/**
 * Lays down how severe a finding is, whatever reports say from then on; with `severity` null, it is again as severe as its tool says.
 * Risk and due date follow: what becomes more severe is never due later, and what becomes less severe has the time that it would
 * have had. A finding whose risk was accepted opens again when it is more severe than was accepted.
 *
 * @returns the finding as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault: a severity needs a `reason`
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "rated.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://rated.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await listFindings(db, { companyId });
 * for (const { id } of items) await setSeverity(db, { id, severity: "high", reason: "It is on the way to the payments." });
 */
export const setSeverity = changing({
  summary: "Lay down how severe a finding is, or leave it to its tool",
  permission: "finding:decide",
  input: {
    id: recordId(),
    severity: oneOf(severities).nullable().meta({ description: "Null: as its tool says." }),
    reason: text({ min: 1, max: 1000, multiline: true }).optional().meta({ description: "Why; a severity needs one." }),
  },
  output: rowOf(findingTable),
  async run(tx, { id, severity, reason = null }, caller) {
    if (severity !== null && reason === null)
      throw new ValidationError([{ field: "reason", message: "is needed where a severity is laid down" }]);
    const { companyId, findings } = await lockFindings(tx, [id], caller);
    const [finding] = findings as [Finding];
    const severityOverridden = severity !== null;
    const rated = severity ?? finding.reportedSeverity;
    if (finding.severityOverridden === severityOverridden && finding.severity === rated) return unchanged(finding);
    const asset = await assetOf(tx, finding);
    const opened = whenRated(finding.status, rated, await findAcceptance(tx, finding));
    // Nothing is open on an asset that somebody ignores.
    const isHidden = opened !== null && asset.status === "ignored";
    const status = isHidden ? ("out_of_scope" as const) : opened;
    const now = tx.clock.now();
    const written = await changeRow(tx, findingTable, id, {
      severity: rated,
      severityOverridden,
      ...(await urgencyOf(tx, finding, { ...asset, severity: rated, status: status ?? finding.status })),
      ...(status !== null && { ...columnsOfStatus(status, now), riskAcceptanceId: null }),
      ...(status === "open" && { openedAt: now }),
    });
    const from = stateOf(finding);
    const { assetId, ruleId, source } = finding;
    const change = {
      findingId: id,
      assetId,
      ruleId,
      source,
      kind: status === null ? "rescored" : changeKind(finding.status, status, "decision"),
      from,
      to: stateOf(written),
      reason,
      fields: {
        ...overrideOf(finding, severityOverridden),
        ...(isHidden && { assetStatus: { old: asset.status, new: asset.status } }),
      },
    };
    await recordChanges(tx, { companyId, cause: "decision", importId: null, actor: caller.actor, at: now }, [change]);
    const metadata = { from: from.severity, to: rated, overridden: severityOverridden };
    return changed(written, { action: "finding_severity_set", on: findingTable, id, companyId, metadata });
  },
});

/** Whether somebody laid the severity down, where that changes. */
function overrideOf({ severityOverridden: old }: Finding, now: boolean) {
  return old === now ? {} : { severityOverridden: { old, new: now } };
}

/** What follows from how severe a finding becomes. */
async function urgencyOf(
  tx: Transaction,
  finding: Finding,
  { severity, status, criticality }: { severity: Severity; status: FindingStatus; criticality: number },
) {
  const { knownExploited: exploited, epss, companyId } = finding;
  const now = tx.clock.now();
  const policies = await loadPolicies(tx, companyId);
  return {
    risk: riskOf({ severity, exploited, epss, criticality }),
    dueAt: changedDueDate({ ...finding, exploited }, { severity, status, exploited }, now, policies),
    changedAt: now,
  };
}

async function assetOf(
  tx: Transaction,
  { assetId }: Finding,
): Promise<Pick<RowOf<"assets">, "criticality" | "status">> {
  const query = tx.sql.selectFrom("assets").select(["criticality", "status"]).where("id", "=", assetId);
  return (await fetchFirst(tx, query)) as Pick<RowOf<"assets">, "criticality" | "status">;
}

async function findAcceptance(tx: Transaction, { riskAcceptanceId }: Finding) {
  if (riskAcceptanceId === null) return null;
  const query = tx.sql.selectFrom("risk_acceptances").select(["max_severity", "expires_at", "ended_at"]);
  return fetchFirst(tx, query.where("id", "=", riskAcceptanceId));
}
