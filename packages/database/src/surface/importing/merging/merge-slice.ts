import type { CheckRecord, ScanRecord } from "@nerve/formats";
import type { Transaction } from "../../../database/handle.ts";
import { recordChanges } from "../../changes/record-changes.ts";
import { requireDigestKey } from "../../evidence/digest-key.ts";
import { digestSecret } from "../../evidence/secret-digest.ts";
import { ensureAssets } from "../inventory/ensure-assets.ts";
import { ensureRules, type RuleOfSource } from "./ensure-rules.ts";
import { exposuresOf } from "../inventory/exposures.ts";
import { findExploitation } from "./find-exploitation.ts";
import type { ImportRun } from "../running/import-run.ts";
import { inventoryRefs, mergeInventory } from "../inventory/merge-inventory.ts";
import { type JournalEntry, writeJournal } from "../journal.ts";
import { mergeFindings } from "./merge-findings.ts";
import { mergeCves, mergeEvidence, mergeLocations } from "./merge-locations.ts";
import { mergeStatements } from "./merge-statements.ts";
import { type PreparedFinding, prepareFinding, type Preparing } from "./prepare-record.ts";
import { resolveAsset } from "../inventory/resolve-asset.ts";
import type { SlaPolicy } from "../../deciding/due-date.ts";

/** What a merge needs besides the run. */
export interface Merging {
  readonly preparing: Omit<Preparing, "digest">;
  readonly policies: readonly SlaPolicy[];
}

/** Merges a slice of a report into what there is, in the transaction given. Merging it again changes nothing. */
export async function mergeSlice(
  tx: Transaction,
  run: ImportRun,
  records: readonly ScanRecord[],
  { preparing: given, policies }: Merging,
): Promise<void> {
  const preparing = { ...given, digest: await digestFor(tx, records) };
  const findings = records.flatMap((record) =>
    record.kind === "finding" && record.state !== "absent" && record.statement !== true
      ? [prepareFinding(record, preparing)]
      : [],
  );
  const all = [...findings, ...exposuresOf(records)];
  const checks = records.filter((record) => record.kind === "check");
  const assetOfCheck = ({ asset }: CheckRecord) => resolveAsset(asset, preparing.target, preparing.targetName);
  run.counts.records += records.length;
  await ensureAssets(tx, run, [
    ...all.map(({ asset }) => asset),
    ...checks.map(assetOfCheck),
    ...inventoryRefs(records),
  ]);
  await ensureRules(tx, run, [...all.map(ruleOfFinding), ...checks.map((check) => ruleOfCheck(run, check))]);
  const exploitation = await findExploitation(
    tx,
    all.flatMap(({ cves }) => cves),
  );
  const { merged, changes, journal } = await mergeFindings(tx, run, all, { policies, exploitation });
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

/** The key is looked up, and made, only where a report holds secrets. */
async function digestFor(tx: Transaction, records: readonly ScanRecord[]): Promise<Preparing["digest"]> {
  const hasSecrets = records.some((record) => record.kind === "finding" && record.secret !== undefined);
  if (!hasSecrets) return () => "";
  const key = await requireDigestKey(tx);
  return (secret) => digestSecret(key, secret);
}

function ruleOfFinding({ source, rule, cves, asset, locations }: PreparedFinding): RuleOfSource {
  const isOfPackage = locations.some(({ columns }) => columns.kind === "package");
  return { source, rule, cves, subject: isOfPackage ? "package" : asset.kind };
}

function ruleOfCheck(run: ImportRun, { source = run.source, rule, asset }: CheckRecord): RuleOfSource {
  return { source, rule, cves: [], subject: asset.kind };
}
