import { exposureSource } from "@nerve/catalogues";
import type { Transaction } from "../../../database/handle.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { findings } from "../../../schema/surface/findings.ts";
import type { RowChanges } from "../../../schema/kit/index.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { changeKind } from "../../deciding/change-kind.ts";
import { columnsOfStatus } from "../../deciding/columns-of-status.ts";
import { changedDueDate } from "../../deciding/due-date.ts";
import { riskOf } from "../../deciding/risk-of.ts";
import { severityOf } from "../../deciding/severity-of.ts";
import { type FindingStatus, isOpen } from "../../deciding/statuses.ts";
import { type FindingState, whenSeen } from "../../deciding/transitions.ts";
import { type Candidate, kindOf, type MergeFacts, rankOf, worstOf } from "./candidate.ts";
import type { ImportRun, Rating } from "../running/import-run.ts";
import type { JournalEntry } from "../journal.ts";
import type { KnownFinding } from "./known-findings.ts";
import type { PreparedFinding } from "./prepare-record.ts";

/** What became of a known finding. */
export interface Updated {
  readonly change: FindingChange | null;
  readonly journal: readonly JournalEntry[];
}

type KnownCandidate = Candidate & { readonly known: KnownFinding };

/** What the report makes of a known finding. */
interface Outcome {
  /** The new state; null where it stays. */
  readonly status: FindingStatus | null;
  /** Why the tool says that it does not count; undefined where it does not say so. */
  readonly suppressed: string | null | undefined;
  readonly rating: Rating;
  /** The rating's, or the one that a person laid down. */
  readonly severity: Rating["severity"];
}

/** Brings a known finding up to date with what a slice has of it. */
export async function updateFinding(
  tx: Transaction,
  run: ImportRun,
  candidate: KnownCandidate,
  { state, facts }: { state: FindingState; facts: MergeFacts },
): Promise<Updated> {
  const { known, records } = candidate;
  const isFirstSight = !run.counted.has(known.id);
  const rating = rateFinding(run, known, records);
  const suppressed = suppress(run, known, records);
  const severity = severityOf(known, rating.severity);
  const sight = { suppressed: suppressed !== undefined, severity, scannedAt: run.scannedAt, now: run.now };
  const outcome: Outcome = { status: onAsset(candidate, whenSeen(state, sight)), suppressed, rating, severity };
  const fields = {
    ...changesOf(run, candidate, outcome),
    ...urgencyOf(run, candidate, outcome, facts),
    ...(isFirstSight ? contentOf(candidate) : {}),
  };
  noteSeen(run, candidate, outcome, "title" in fields);
  if (Object.keys(fields).length === 0) return { change: null, journal: [] };
  await changeRow(tx, findings, known.id, fields);
  return { change: changeOf(candidate, outcome), journal: [journalOf(known, fields)] };
}

type Changes = RowChanges<typeof findings>;

/** State, rating and names, as far as they are others. */
function changesOf(run: ImportRun, { known, records, ordinal, toolKey }: KnownCandidate, outcome: Outcome): Changes {
  const [{ contextKey }] = records as [PreparedFinding];
  const { status, suppressed, rating, severity } = outcome;
  const next = { severity, reportedSeverity: rating.severity, score: rating.score, vector: rating.vector, toolKey };
  const changed = Object.entries(next).filter(([name, value]) => known[name as keyof typeof next] !== value);
  return {
    ...Object.fromEntries(changed),
    ...(contextKey === known.contextKey ? {} : { contextKey, ordinal }),
    ...(status === null ? {} : { ...columnsOfStatus(status, run.now), statusReason: suppressed ?? null }),
  };
}

/** Risk and dates, where state or severity change. */
export function urgencyOf(
  run: ImportRun,
  { known, asset }: Pick<KnownCandidate, "known" | "asset">,
  { status, severity }: Pick<Outcome, "status" | "severity">,
  facts: Pick<MergeFacts, "policies">,
): Changes {
  if (status === null && severity === known.severity) return {};
  const { knownExploited: exploited, epss } = known;
  const to = { status: status ?? known.status, severity, exploited };
  return {
    risk: riskOf({ severity, exploited, epss, criticality: asset.criticality }),
    dueAt: changedDueDate({ ...known, exploited }, to, run.now, facts.policies),
    changedAt: run.now,
    ...(isOpen(to.status) && !isOpen(known.status) ? { openedAt: run.now } : {}),
  };
}

/** The texts of the first record that an import has of it, and what it is about where its rule tells of two things. */
function contentOf(candidate: KnownCandidate): Changes {
  const { known, records } = candidate;
  const [{ title, contentHash }] = records as [PreparedFinding];
  return {
    ...(contentHash === known.contentHash ? {} : { title, contentHash }),
    ...(kindOf(candidate) === known.findingKind ? {} : { findingKind: kindOf(candidate) }),
  };
}

function changeOf({ known, asset, rule, records }: KnownCandidate, outcome: Outcome): FindingChange | null {
  const { status, severity, suppressed } = outcome;
  if (status === null && severity === known.severity) return null;
  const from = { status: known.status, severity: known.severity, exploited: known.knownExploited };
  return {
    findingId: known.id,
    assetId: asset.id,
    ruleId: rule.id,
    source: (records[0] as PreparedFinding).source,
    kind: status === null ? "rescored" : changeKind(known.status, status, "import"),
    from,
    to: { ...from, status: status ?? known.status, severity },
    reason: suppressed ?? null,
  };
}

export function journalOf(known: KnownFinding, fields: Changes): JournalEntry {
  const former: Readonly<Record<string, unknown>> = { ...known, isOpen: isOpen(known.status) };
  const before = Object.fromEntries(Object.keys(fields).map((name) => [name, former[name] ?? null]));
  return { tableName: "findings", rowId: known.id, before };
}

/** The worst rating that the records of this import give a finding, those of earlier slices included. */
function rateFinding(run: ImportRun, known: KnownFinding, records: readonly PreparedFinding[]): Rating {
  const earlier = run.ratings.get(known.id);
  const { severity, score, vector } = worstOf(records);
  const now = { severity, score, vector };
  const rating = earlier !== undefined && rankOf(earlier) <= rankOf(now) ? earlier : now;
  run.ratings.set(known.id, rating);
  return rating;
}

/** Why the tool says that it does not count: if all records of this import do. Undefined where one shows it. */
function suppress(run: ImportRun, known: KnownFinding, records: readonly PreparedFinding[]): string | null | undefined {
  const isSuppressed = records.every(({ suppressed }) => suppressed);
  const wasCounted = run.counted.has(known.id) && !run.suppressed.has(known.id);
  const wasShown = wasCounted || run.former.get(known.id)?.shown === true;
  if (!isSuppressed || wasShown) {
    run.suppressed.delete(known.id);
    return undefined;
  }
  const reason = records[0]?.reason ?? null;
  run.suppressed.set(known.id, reason);
  return reason;
}

/** What would be open again on an asset that somebody ignores is out of scope. */
function onAsset({ asset }: KnownCandidate, status: FindingStatus | null): FindingStatus | null {
  return status !== null && isOpen(status) && asset.ownStatus === "ignored" ? "out_of_scope" : status;
}

function noteSeen(
  run: ImportRun,
  { known, records }: KnownCandidate,
  { status, severity }: Outcome,
  isUpdated: boolean,
): void {
  const { id } = known;
  const isBack = status !== null && changeKind(known.status, status, "import") === "reactivated";
  const before = run.counted.get(id);
  if (before === undefined || (before === "untouched" && isBack))
    run.counted.set(id, isBack ? "reactivated" : (run.former.get(id)?.outcome ?? "untouched"));
  if (records[0]?.source === exposureSource) run.exposures.add(id);
  if (severity !== known.severity) run.rescored.add(id);
  if (isUpdated) run.updated.add(id);
}
