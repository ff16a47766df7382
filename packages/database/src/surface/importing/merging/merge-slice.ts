import type { CheckRecord } from "@nerve/formats";
import type { Transaction } from "../../../database/handle.ts";
import { recordChanges } from "../../changes/record-changes.ts";
import { ensureAssets } from "../inventory/ensure-assets.ts";
import { ensureRules, type RuleOfSource } from "./ensure-rules.ts";
import { findExploitation } from "./find-exploitation.ts";
import type { ImportRun } from "../running/import-run.ts";
import { inventoryRefs, mergeInventory } from "../inventory/merge-inventory.ts";
import { type JournalEntry, writeJournal } from "../journal.ts";
import { mergeFindings } from "./merge-findings.ts";
import { mergeCves, mergeEvidence, mergeLocations } from "./merge-locations.ts";
import { mergeStatements } from "./merge-statements.ts";
import type { PreparedFinding } from "./prepare-record.ts";
import type { PreparedBy, PreparedSlice } from "./prepare-slice.ts";
import { resolveAsset } from "../inventory/resolve-asset.ts";
import type { SlaPolicy } from "../../deciding/due-date.ts";

/** What a merge needs besides the run. */
export interface Merging {
  readonly preparing: PreparedBy;
  readonly policies: readonly SlaPolicy[];
}

/** Merges a slice of a report into what there is, in the transaction given. Merging it again changes nothing. */
export async function mergeSlice(
  tx: Transaction,
  run: ImportRun,
  { records, findings }: PreparedSlice,
  { preparing, policies }: Merging,
): Promise<void> {
  const checks = records.filter((record) => record.kind === "check");
  const assetOfCheck = ({ asset }: CheckRecord) => resolveAsset(asset, preparing.target, preparing.targetName);
  run.counts.records += records.length;
  await ensureAssets(tx, run, [
    ...findings.map(({ asset }) => asset),
    ...checks.map(assetOfCheck),
    ...inventoryRefs(records),
  ]);
  await ensureRules(tx, run, [...findings.map(ruleOfFinding), ...checks.map((check) => ruleOfCheck(run, check))]);
  const exploitation = await findExploitation(
    tx,
    findings.flatMap(({ cves }) => cves),
  );
  const { merged, changes, journal } = await mergeFindings(tx, run, findings, { policies, exploitation });
  const stated = await mergeStatements(tx, run, records, { preparing, policies });
  const entries: JournalEntry[] = [...journal, ...stated.journal, ...(await mergeLocations(tx, run, merged))];
  await mergeCves(tx, run, merged);
  await mergeEvidence(tx, run, merged);
  entries.push(...(await mergeInventory(tx, run, records, assetOfCheck)));
  await writeJournal(tx, run, entries);
  for (const finding of merged) if (finding.records.some(({ sampled }) => sampled)) run.sampled.add(finding.id);
  const { companyId, importId, userId, now: at } = run;
  await recordChanges(tx, { companyId, cause: "import", importId, actor: { userId }, at }, [
    ...changes,
    ...stated.changes,
  ]);
}

function ruleOfFinding({ source, rule, cves, asset, locations }: PreparedFinding): RuleOfSource {
  const isOfPackage = locations.some(({ columns }) => columns.kind === "package");
  return { source, rule, cves, subject: isOfPackage ? "package" : asset.kind };
}

function ruleOfCheck(run: ImportRun, { source = run.source, rule, asset }: CheckRecord): RuleOfSource {
  return { source, rule, cves: [], subject: asset.kind };
}
