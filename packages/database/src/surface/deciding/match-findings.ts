import { alignLines } from "./align-lines.ts";

/** Where a finding was when it was seen last. */
export interface KnownPlace {
  readonly id: number;
  readonly contextKey: string;
  /** Tells findings of one context apart, and means nothing else. */
  readonly ordinal: number;
  readonly toolKey: string | null;
  readonly line: number | null;
}

/** Where a report shows one. */
export interface ReportedPlace {
  readonly contextKey: string;
  /** The tool's own stable name of it; null where the tool has none, or it cannot be trusted. */
  readonly toolKey: string | null;
  readonly line: number | null;
  /** A finding of its own beside others of the same context; otherwise all of a context are places of one. */
  readonly positional: boolean;
}

export interface Match {
  /** The finding's number; null for a new one. */
  readonly known: number | null;
  readonly ordinal: number;
  /** By which name the tool will know it again. */
  readonly toolKey: string | null;
  readonly by: "tool key" | "context" | "position" | "new";
  /** The first reported place of the same finding, where this is a further one. */
  readonly sameAs: number | null;
}

/** A finding of the report. */
interface Reported {
  readonly contextKey: string;
  readonly line: number | null;
  /** Those of its tool's names that are of one context. */
  readonly toolKeys: Set<string>;
  readonly places: number[];
  match: { readonly known: KnownPlace; readonly by: Match["by"] } | null;
}

/**
 * Finds which known finding is which of the reported ones, among those of one asset and one rule: by the tool's own names, then by
 * context, and where a context has several by their positions in it.
 *
 * All places that a report has there have to be given at once. New findings are to be numbered in the order of the report: where
 * nothing else tells findings apart, their age does, so that the same report again shows the same.
 *
 * @param taken findings that are matched already, whose ordinals nobody else can have
 * @returns one match for each reported place
 */
export function matchFindings(
  known: readonly KnownPlace[],
  reported: readonly ReportedPlace[],
  taken: readonly KnownPlace[] = [],
): Match[] {
  const findings = findingsOf(reported);
  const oldestFirst = known.toSorted((one, other) => one.id - other.id);
  matchByToolKey(oldestFirst, findings);
  matchByContext(oldestFirst, findings);
  settleEquals(findings);
  return matchesOf([...known, ...taken], reported, findings);
}

function findingsOf(reported: readonly ReportedPlace[]): Reported[] {
  const isTrusted = trustedKeys(reported);
  const findings: Reported[] = [];
  const shared = new Map<string, Reported>();
  for (const [index, { contextKey, line, toolKey, positional }] of reported.entries()) {
    let finding = positional ? undefined : shared.get(contextKey);
    if (finding === undefined) {
      finding = { contextKey, line, toolKeys: new Set(), places: [], match: null };
      findings.push(finding);
      if (!positional) shared.set(contextKey, finding);
    }
    finding.places.push(index);
    if (toolKey !== null && isTrusted(toolKey)) finding.toolKeys.add(toolKey);
  }
  return findings;
}

/** Names that a report gives to several contexts do not tell what is the same. */
function trustedKeys(reported: readonly ReportedPlace[]): (toolKey: string) => boolean {
  const contexts = new Map<string, string>();
  const distrusted = new Set<string>();
  for (const { contextKey, toolKey } of reported) {
    if (toolKey === null) continue;
    if ((contexts.get(toolKey) ?? contextKey) !== contextKey) distrusted.add(toolKey);
    contexts.set(toolKey, contextKey);
  }
  return (toolKey) => !distrusted.has(toolKey);
}

function matchByToolKey(known: readonly KnownPlace[], findings: readonly Reported[]): void {
  const named = findings.flatMap((finding) => [...finding.toolKeys].map((toolKey) => ({ toolKey, finding })));
  const knownByKey = Map.groupBy(known, ({ toolKey }) => toolKey);
  const groups = [...Map.groupBy(named, ({ toolKey }) => toolKey)].map(([toolKey, some]) => ({
    holders: Map.groupBy(knownByKey.get(toolKey) ?? [], ({ contextKey }) => contextKey),
    contextKey: some[0]?.finding.contextKey ?? "",
    some: some.map(({ finding }) => finding),
  }));
  // A finding with several names is rather the known one that has not moved.
  for (const { holders, contextKey, some } of groups) pair(holders.get(contextKey) ?? [], some, "tool key");
  for (const { holders, contextKey, some } of groups) {
    const elsewhere = [...holders].filter(([context]) => context !== contextKey);
    // Of a name that is known in several other contexts, nothing tells which of them moved.
    if (elsewhere.length === 1) pair(elsewhere[0]?.[1] ?? [], some, "tool key");
  }
}

function matchByContext(known: readonly KnownPlace[], findings: readonly Reported[]): void {
  const matched = new Set(findings.map(({ match }) => match?.known));
  const left = known.filter((place) => !matched.has(place));
  const knownByContext = Map.groupBy(left, ({ contextKey }) => contextKey);
  for (const [contextKey, some] of Map.groupBy(findings, (finding) => finding.contextKey)) {
    const candidates = knownByContext.get(contextKey) ?? [];
    const isAlone = candidates.length === 1 && some.filter(isUnmatched).length === 1;
    pair(candidates, some, isAlone ? "context" : "position");
  }
}

const lineOf = ({ line }: { readonly line: number | null }) => line;
const isUnmatched = ({ match }: Reported) => match === null;

/** Matches those that are not yet matched with known ones that nobody is matched with. */
function pair(known: readonly KnownPlace[], findings: readonly Reported[], by: Match["by"]): void {
  const left = findings.filter(isUnmatched);
  for (const [one, other] of alignLines(known.map(lineOf), left.map(lineOf))) {
    (left[other] as Reported).match = { known: known[one] as KnownPlace, by };
  }
}

/** Of findings that nothing tells apart, gives the first in the report to the oldest: the new ones will be the youngest. */
function settleEquals(findings: readonly Reported[]): void {
  const looks = ({ contextKey, line, toolKeys }: Reported) => JSON.stringify([contextKey, line, ...toolKeys]);
  for (const equals of Map.groupBy(findings, looks).values()) {
    const matches = equals.flatMap(({ match }) => (match === null ? [] : [match]));
    matches.sort((one, other) => one.known.id - other.known.id);
    for (const [index, finding] of equals.entries()) finding.match = matches[index] ?? null;
  }
}

function matchesOf(
  known: readonly KnownPlace[],
  reported: readonly ReportedPlace[],
  findings: readonly Reported[],
): Match[] {
  const nextFree = freeOrdinals(known);
  const matches = Array.from<Match>({ length: reported.length });
  for (const finding of findings) {
    const { contextKey, places, match } = finding;
    const before = match?.known;
    const ordinal = before?.contextKey === contextKey ? before.ordinal : nextFree(contextKey);
    const toolKey = keyOf(finding);
    const [first = 0] = places;
    for (const index of places) {
      const sameAs = index === first ? null : first;
      matches[index] = { known: before?.id ?? null, ordinal, toolKey, by: match?.by ?? "new", sameAs };
    }
  }
  return matches;
}

/** The tool's name of a finding from now on: the one that it had, unless the report gives it others. */
function keyOf({ toolKeys, match }: Reported): string | null {
  const before = match?.known.toolKey ?? null;
  const [first = before] = toolKeys;
  return before !== null && toolKeys.has(before) ? before : first;
}

/**
 * Gives away the smallest ordinals that nobody has in a context, each once. What a finding leaves is not free yet: the rows of those
 * that change places can be written one after the other, in any order.
 */
function freeOrdinals(known: readonly KnownPlace[]): (contextKey: string) => number {
  const byContext = Map.groupBy(known, ({ contextKey }) => contextKey);
  const taken = new Map([...byContext].map(([key, places]) => [key, new Set(places.map(({ ordinal }) => ordinal))]));
  const next = new Map<string, number>();
  return (contextKey) => {
    let ordinal = next.get(contextKey) ?? 0;
    while (taken.get(contextKey)?.has(ordinal) === true) ordinal += 1;
    next.set(contextKey, ordinal + 1);
    return ordinal;
  };
}
