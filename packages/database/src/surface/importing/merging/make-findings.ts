import { exposureSource } from "@nerve/catalogues";
import type { Transaction } from "../../../database/handle.ts";
import { insertMany } from "../../../rows/insert-many.ts";
import { findings } from "../../../schema/surface/findings.ts";
import type { NewRow } from "../../../schema/kit/index.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { changeKind } from "../../deciding/change-kind.ts";
import { dueDate } from "../../deciding/due-date.ts";
import { riskOf } from "../../deciding/risk-of.ts";
import { type FindingStatus, isOpen } from "../../deciding/statuses.ts";
import { type Candidate, type MergedFinding, kindOf, type MergeFacts, worstOf } from "./candidate.ts";
import type { ImportRun, SeenAsset } from "../running/import-run.ts";
import type { PreparedFinding } from "./prepare-record.ts";

/** Makes the findings that nobody knew, numbered in the order of the report. */
export async function makeFindings(
  tx: Transaction,
  run: ImportRun,
  candidates: readonly Candidate[],
  facts: MergeFacts,
): Promise<{ merged: MergedFinding[]; changes: FindingChange[] }> {
  const inOrder = candidates.toSorted((one, other) => indexOf(one) - indexOf(other));
  const ids = await tx.connection.dialect.reserveIds(tx.executor, findings, inOrder.length);
  const rows = inOrder.map((candidate, index) => rowOf(run, candidate, ids[index] as number, facts));
  await insertMany(tx, findings, rows);
  for (const row of rows) noteMade(run, row);
  const merged = inOrder.map(({ records }, index) => {
    const id = ids[index] as number;
    if (records.every(({ suppressed }) => suppressed)) run.suppressed.set(id, records[0]?.reason ?? null);
    return { id, known: null, records, locations: [], keepsEvidence: true };
  });
  return { merged, changes: rows.map(openingOf) };
}

const indexOf = ({ records: [first] }: Candidate): number => first?.index ?? 0;

type NewFinding = ReturnType<typeof rowOf>;

function rowOf(run: ImportRun, candidate: Candidate, id: number, { policies, exploitation }: MergeFacts) {
  const { asset, rule, records, ordinal, toolKey } = candidate;
  const [{ source, contextKey, title, contentHash, reason }] = records as [PreparedFinding];
  const { severity, score, vector } = worstOf(records);
  const known = exploitation(records.flatMap(({ cves }) => cves));
  const exploited = known.exploited || records.some((record) => record.exploited);
  const status = statusOfNew(asset, records);
  return {
    id,
    companyId: run.companyId,
    assetId: asset.id,
    ruleId: rule.id,
    source,
    contextKey,
    ordinal,
    toolKey,
    title,
    severity,
    reportedSeverity: severity,
    score,
    vector,
    status,
    statusReason: status === "suppressed" ? reason : null,
    isOpen: isOpen(status),
    knownExploited: exploited,
    epss: known.epss,
    risk: riskOf({ severity, exploited, epss: known.epss, criticality: asset.criticality }),
    openedAt: run.now,
    changedAt: run.now,
    dueAt: dueDate({ status, severity, exploited }, run.now, policies),
    firstImportId: run.importId,
    contentHash,
    findingKind: kindOf(candidate),
  } satisfies NewRow<typeof findings>;
}

/** What is on an asset that somebody took out of sight is out of scope from the beginning. */
function statusOfNew({ ownStatus }: SeenAsset, records: readonly PreparedFinding[]): FindingStatus {
  if (ownStatus === "ignored") return "out_of_scope";
  return records.every(({ suppressed }) => suppressed) ? "suppressed" : "open";
}

function noteMade(run: ImportRun, { id, source, severity, score, vector }: NewFinding): void {
  run.counted.set(id, "created");
  if (source === exposureSource) run.exposures.add(id);
  run.ratings.set(id, { severity, score, vector });
}

function openingOf({
  id,
  assetId,
  ruleId,
  source,
  status,
  severity,
  knownExploited,
  statusReason,
}: NewFinding): FindingChange {
  const to = { status, severity, exploited: knownExploited };
  const kind = changeKind(null, status, "import");
  return { findingId: id, assetId, ruleId, source, kind, from: null, to, reason: statusReason };
}
