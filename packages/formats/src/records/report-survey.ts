import type { Limits } from "../limits/limits.ts";
import type { Asset, Transport } from "./records.ts";

export interface PortRange {
  readonly transport: Transport;
  readonly from: number;
  readonly to: number;
}

/** What a report is entitled to speak about. */
export interface Coverage {
  readonly kind: "named" | "hits" | "none";
  /** What it names, found clean or not; of an asset with an empty name, the caller's target. */
  readonly targets: readonly Asset[];
  readonly ports?: readonly PortRange[];
  /** Which tests ran; those of an asset stand with its key, those of all with an empty one. */
  readonly commands?: readonly { readonly asset: string; readonly names: readonly string[] }[];
  /** Paths that were skipped or failed. */
  readonly except?: readonly string[];
  /** Why it covers less than it could. */
  readonly reason?: string;
}

/** How many of each; those of a word stand in an object with a null prototype. */
export type Counts = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

export interface Reject {
  readonly place: string;
  readonly reason: string;
}

/** Records that agree in rule, asset and context, in the order of the report. */
export interface Repeated {
  readonly indexes: readonly number[];
  readonly lines: readonly number[];
}

/** What the second pass has to know of the first. */
export interface ReadingPlan {
  readonly limits: Limits;
  readonly notes: unknown;
  readonly mapping: Readonly<Record<string, string>>;
  /** By the number of its record: how often one came in all, and which came again. */
  readonly occurrences: ReadonlyMap<number, number>;
  readonly again: ReadonlySet<number>;
}

export interface ReportSurvey {
  readonly format: string;
  /** The tool's family. */
  readonly source: string;
  readonly tool: string;
  readonly toolVersion: string;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly outcome: "read" | "partial";
  /** Of the report as given, packed or not. */
  readonly sha256: string;
  readonly bytes: number;
  readonly encoding: string;
  readonly coverage: Coverage;
  readonly series?: string;
  readonly counts: Counts;
  /** The first 100. */
  readonly rejects: readonly Reject[];
  readonly rejected: number;
  readonly warnings: readonly string[];
  readonly repeated: readonly Repeated[];
  /** For `readRecords`. */
  readonly plan: ReadingPlan;
}
