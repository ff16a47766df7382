import type { Caller } from "../../../access/caller.ts";
import type { Transaction } from "../../../database/handle.ts";
import { logAudit } from "../../../operation/log-audit.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import { importDoneHandlers } from "../../consequences.ts";
import type { Begun } from "./begin-import.ts";
import { closePlanned } from "../closing/close-planned.ts";
import { endServices } from "../closing/end-services.ts";
import { type ClosingPlan, isHeld, planClosings } from "../closing/plan-closings.ts";
import { noteCovered } from "../closing/spoken-assets.ts";
import type { ImportRun } from "./import-run.ts";
import { readReceipt } from "../report/read-receipt.ts";
import type { ImportReceipt } from "../report/receipt.ts";
import type { Options } from "../report/report-to-import.ts";

/** Closes what the report no longer shows, counts, and ends the import. */
export async function finishImport(
  tx: Transaction,
  { run, merging, coverage }: Begun,
  options: Options,
  caller: Caller,
): Promise<ImportReceipt> {
  const { counts, survey } = run;
  const plan = await planClosings(tx, run, coverage);
  const held = options.close !== "unheld" && isHeld(plan, tx.surfacePolicy);
  counts.notCovered = plan.notCovered;
  if (held) counts.held = plan.wouldClose;
  else await applyPlan(tx, run, plan);
  counts.services.closed = await endServices(tx, run, plan, coverage);
  await noteCovered(tx, run, plan.covered);
  countFindings(run);
  const status = survey.outcome === "read" ? ("done" as const) : ("partial" as const);
  await changeRow(tx, scanImports, run.importId, {
    status,
    held: counts.held,
    counts: {
      ...counts,
      rejected: survey.rejected,
      sampled: [...run.sampled],
      policies: merging.policies.map((policy) => ({ ...policy })),
    },
    ...warningsOf(run),
    finishedAt: run.now,
  });
  await logAudit(tx, {
    action: "scan_imported",
    resourceType: scanImports.name,
    resourceId: run.importId,
    companyId: run.companyId,
    actor: caller.actor,
    metadata: { format: survey.format, created: counts.created, closed: counts.closed, held: counts.held },
  });
  await followDone(tx, run);
  const receipt = await readReceipt(tx, run.importId);
  return options.dryRun ? { ...receipt, importId: 0 } : receipt;
}

/** What only the merge could find out. */
function warningsOf({ counts, survey }: ImportRun): { warnings?: readonly string[] } {
  const { unmatched } = counts.statements;
  if (unmatched === 0) return {};
  const sentence = `Statements that speak of no finding: ${unmatched}. A target names the asset that they are about.`;
  return { warnings: [...survey.warnings, sentence] };
}

async function followDone(tx: Transaction, run: ImportRun): Promise<void> {
  const { companyId, importId, scannedAt: at, seenRules: seenRuleIds, passedRules: passedRuleIds } = run;
  for (const follow of importDoneHandlers) await follow(tx, { companyId, importId, at, seenRuleIds, passedRuleIds });
}

async function applyPlan(tx: Transaction, run: ImportRun, plan: ClosingPlan): Promise<void> {
  const { closed, exposures } = await closePlanned(tx, run, plan);
  run.counts.closed = closed;
  run.counts.exposures.closed = exposures;
}

function countFindings({ counts, counted, exposures, suppressed, rescored, updated }: ImportRun): void {
  for (const [id, outcome] of counted) {
    if (!exposures.has(id)) counts[outcome] += 1;
    else if (outcome !== "untouched") counts.exposures.opened += 1;
  }
  const ofReport = (ids: Iterable<number>) => [...ids].filter((id) => !exposures.has(id)).length;
  counts.findings = counted.size - exposures.size;
  counts.suppressed = ofReport(suppressed.keys());
  counts.rescored = ofReport(rescored);
  counts.updated = ofReport(updated);
}
