import type { Transaction } from "../../../database/handle.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { type KnownPlace, matchFindings } from "../../deciding/match-findings.ts";
import type { FindingState } from "../../deciding/transitions.ts";
import type { Candidate, MergedFinding, MergeFacts } from "./candidate.ts";
import { identityOf } from "../inventory/ensure-assets.ts";
import { ruleIdentity } from "./ensure-rules.ts";
import type { ImportRun, SeenAsset, SeenRule } from "../running/import-run.ts";
import type { JournalEntry } from "../journal.ts";
import {
  findKnownFindings,
  findKnownLocations,
  findStates,
  type KnownFinding,
  type KnownLocation,
} from "./known-findings.ts";
import { makeFindings } from "./make-findings.ts";
import type { PreparedFinding } from "./prepare-record.ts";
import { updateFinding } from "./update-finding.ts";

/** What the merging of findings hands on. */
export interface MergedSlice {
  readonly merged: readonly MergedFinding[];
  readonly changes: readonly FindingChange[];
  readonly journal: readonly JournalEntry[];
}

/**
 * Matches the findings of a slice with those that there are, and brings these up to date: new ones are made, known ones follow what
 * the report says of them, and their states what `whenSeen` says.
 */
export async function mergeFindings(
  tx: Transaction,
  run: ImportRun,
  records: readonly PreparedFinding[],
  facts: MergeFacts,
): Promise<MergedSlice> {
  const placed = records.map((record) => ({
    record,
    asset: run.assets.get(identityOf(record.asset)) as SeenAsset,
    rule: run.rules.get(ruleIdentity(record.source, record.rule.key)) as SeenRule,
  }));
  for (const { rule } of placed) run.seenRules.add(rule.id);
  const keys = placed.map(({ record: { contextKey, toolKey }, asset, rule }) => ({
    assetId: asset.id,
    ruleId: rule.id,
    contextKey,
    toolKey,
  }));
  const known = await findKnownFindings(tx, keys);
  const locations = await findKnownLocations(tx, run, known.keys());
  const groups = Map.groupBy(placed, ({ asset, rule }) => groupKey(asset.id, rule.id));
  const knownOf = Map.groupBy(known.values(), ({ assetId, ruleId }) => groupKey(assetId, ruleId));
  const candidates = Array.from(groups, ([key, group]) =>
    matchGroup(run, group, { known: knownOf.get(key) ?? [], locations }),
  ).flat();
  const states = await findStates(
    tx,
    candidates.flatMap((candidate) => candidate.known ?? []),
  );
  const made = await makeFindings(
    tx,
    run,
    candidates.filter((candidate) => candidate.known === null),
    facts,
  );
  const merged: MergedFinding[] = [...made.merged];
  const changes: FindingChange[] = [...made.changes];
  const journal: JournalEntry[] = [];
  for (const candidate of candidates) {
    if (candidate.known === null) continue;
    const state = states.get(candidate.known.id) as FindingState;
    const result = await updateFinding(tx, run, { ...candidate, known: candidate.known }, { state, facts });
    merged.push({
      id: candidate.known.id,
      known: candidate.known,
      records: candidate.records,
      locations: locations.get(candidate.known.id) ?? [],
      keepsEvidence: result.change?.kind === "reactivated",
    });
    if (result.change !== null) changes.push(result.change);
    journal.push(...result.journal);
  }
  return { merged, changes, journal };
}

interface Placed {
  readonly record: PreparedFinding;
  readonly asset: SeenAsset;
  readonly rule: SeenRule;
}

/** What is matched with each other: findings of one asset and one rule. */
const groupKey = (assetId: number, ruleId: number) => `${assetId} ${ruleId}`;

interface Known {
  /** Those of the same asset and rule. */
  readonly known: readonly KnownFinding[];
  readonly locations: ReadonlyMap<number, readonly KnownLocation[]>;
}

/** Matches what a slice has of one asset and one rule. */
function matchGroup(run: ImportRun, group: readonly Placed[], { known, locations }: Known): Candidate[] {
  const [{ asset, rule }] = group as [Placed];
  const isPositional = group.some(({ record }) => record.positional);
  // One that an earlier slice has met is taken where findings are told apart by position.
  const byId = new Map(known.map((one) => [one.id, one]));
  const [taken, candidates] = [true, false].map((isTaken) =>
    known
      .filter(({ id }) => (isPositional && run.counted.has(id)) === isTaken)
      .map(({ id, contextKey, ordinal, toolKey }) => ({
        id,
        contextKey,
        ordinal,
        toolKey,
        line: lineOf(locations.get(id)),
      })),
  ) as [KnownPlace[], KnownPlace[]];
  const matches = matchFindings(
    candidates,
    group.map(({ record: { contextKey, toolKey, line, positional } }) => ({ contextKey, toolKey, line, positional })),
    taken,
  );
  const found = new Map<number, Candidate>();
  for (const [index, match] of matches.entries()) {
    const { record } = group[index] as Placed;
    const first = found.get(match.sameAs ?? index);
    if (first !== undefined) first.records.push(record);
    else {
      const before = match.known === null ? null : (byId.get(match.known) as KnownFinding);
      found.set(index, {
        asset,
        rule,
        records: [record],
        ordinal: match.ordinal,
        toolKey: match.toolKey,
        known: before,
      });
    }
  }
  return [...found.values()];
}

/** Where a finding was seen last: the place that is there, else the one that was. */
function lineOf(locations: readonly KnownLocation[] = []): number | null {
  return (locations.find(({ present }) => present) ?? locations.at(-1))?.startLine ?? null;
}
