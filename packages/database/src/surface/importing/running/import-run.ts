import type { AssetStatus, Severity } from "../../../schema/surface/assets.ts";
import type { Survey } from "../../reading/report-reader.ts";

/** What an import did, in numbers; the receipt and the row of `scan_imports` hold them. */
export interface ImportCounts {
  records: number;
  findings: number;
  created: number;
  reactivated: number;
  untouched: number;
  updated: number;
  rescored: number;
  suppressed: number;
  closed: number;
  held: number;
  notCovered: number;
  checks: number;
  assets: { created: number; seen: number; gone: number };
  services: { opened: number; closed: number };
  exposures: { opened: number; closed: number };
  /** Statements (VEX) on findings of others, by whether there was such a finding. */
  statements: { matched: number; unmatched: number };
}

export function noCounts(): ImportCounts {
  return {
    records: 0,
    findings: 0,
    created: 0,
    reactivated: 0,
    untouched: 0,
    updated: 0,
    rescored: 0,
    suppressed: 0,
    closed: 0,
    held: 0,
    notCovered: 0,
    checks: 0,
    assets: { created: 0, seen: 0, gone: 0 },
    services: { opened: 0, closed: 0 },
    exposures: { opened: 0, closed: 0 },
    statements: { matched: 0, unmatched: 0 },
  };
}

/** An asset that this import spoke of. */
export interface SeenAsset {
  readonly id: number;
  readonly criticality: number;
  readonly ownStatus: AssetStatus;
}

/** A rule that this import knows. */
export interface SeenRule {
  readonly id: number;
  /** What its findings are about. */
  readonly findingKind: string;
  /** Whether a person said so. */
  readonly isKindChosen: boolean;
}

/** How a finding was rated by the records of this import so far. */
export interface Rating {
  readonly severity: Severity;
  readonly score: number | null;
  readonly vector: string | null;
}

/** How an import has met a finding before its process died. */
export interface FormerSight {
  readonly outcome: "created" | "reactivated" | "untouched";
  /** Whether a record showed it as one that counts: it would not be open else. */
  readonly shown: boolean;
}

/** What stays the same through the slices of one import, and what they gather. */
export interface ImportRun {
  readonly importId: number;
  readonly companyId: number;
  readonly seriesId: number;
  readonly userId: number | null;
  readonly source: string;
  readonly survey: Survey;
  /** When the scan was made. */
  readonly scannedAt: Date;
  readonly now: Date;
  readonly counts: ImportCounts;
  /** By kind and key. */
  readonly assets: Map<string, SeenAsset>;
  /** By source and key. */
  readonly rules: Map<string, SeenRule>;
  /** Findings that a record of this import was matched with, with their worst rating so far; null of those that the tool suppresses. */
  readonly ratings: Map<number, Rating>;
  /** Findings of which every record of this import so far was suppressed by the tool, with its reason. */
  readonly suppressed: Map<number, string | null>;
  /** Findings that this import reactivated or opened, so that they are counted once. */
  readonly counted: Map<number, "created" | "reactivated" | "untouched">;
  /** Findings that the import has met before its process died. */
  readonly former: Map<number, FormerSight>;
  /** Findings that this import changed beyond their state. */
  readonly updated: Set<number>;
  /** Findings of NERVE's own among them. */
  readonly exposures: Set<number>;
  /** Findings whose severity this import changed. */
  readonly rescored: Set<number>;
  /** Findings whose list of places was a sample. */
  readonly sampled: Set<number>;
  /** Services that a record showed open. */
  readonly openServices: Set<number>;
  /** Rules of findings that the report held, those of exposures included. */
  readonly seenRules: Set<number>;
  /** Rules that were tested and found nothing wrong. */
  readonly passedRules: Set<number>;
}

/** The family of the tool, as it is stored. */
export function sourceOf({ source }: Survey): string {
  return source.slice(0, 50);
}

type Beginning = Pick<ImportRun, "importId" | "companyId" | "seriesId" | "userId" | "survey" | "scannedAt" | "now">;

/** An import that has seen nothing yet. */
export function newRun(beginning: Beginning): ImportRun {
  return {
    ...beginning,
    source: sourceOf(beginning.survey),
    counts: noCounts(),
    assets: new Map(),
    rules: new Map(),
    ratings: new Map(),
    suppressed: new Map(),
    counted: new Map(),
    former: new Map(),
    exposures: new Set(),
    rescored: new Set(),
    updated: new Set(),
    sampled: new Set(),
    openServices: new Set(),
    seenRules: new Set(),
    passedRules: new Set(),
  };
}
