import { severities } from "@nerve/formats";
import type { SlaPolicy } from "../../deciding/due-date.ts";
import type { Exploitation } from "./find-exploitation.ts";
import type { Rating, SeenAsset, SeenRule } from "../running/import-run.ts";
import type { KnownFinding, KnownLocation } from "./known-findings.ts";
import type { PreparedFinding } from "./prepare-record.ts";

/** A finding of a slice: its records, and what it is known as. */
export interface MergedFinding {
  readonly id: number;
  /** Null where the slice makes it. */
  readonly known: KnownFinding | null;
  readonly records: readonly PreparedFinding[];
  readonly locations: readonly KnownLocation[];
  /** Whether its evidence is kept: at the first sight, and when it comes back. */
  readonly keepsEvidence: boolean;
}

/** What decides on findings beside the report. */
export interface MergeFacts {
  readonly policies: readonly SlaPolicy[];
  readonly exploitation: (cves: readonly string[]) => Exploitation;
}

/** One finding of the slice before it is known which. */
export interface Candidate {
  readonly asset: SeenAsset;
  readonly rule: SeenRule;
  readonly records: PreparedFinding[];
  readonly ordinal: number;
  readonly toolKey: string | null;
  readonly known: KnownFinding | null;
}

/** What a finding is about, as its report has it: a person who chose the kind of its rule has said it for all. */
export function kindOf({ rule, records: [first] }: Pick<Candidate, "rule" | "records">): string {
  return (rule.isKindChosen ? null : first?.ownKind) ?? rule.findingKind;
}

/** The rating of records of one finding: the worst of them, the first among equals. */
export function worstOf(records: readonly PreparedFinding[]): PreparedFinding {
  return records.reduce((worst, record) => (rankOf(record) < rankOf(worst) ? record : worst));
}

export const rankOf = ({ severity }: { readonly severity: Rating["severity"] }) => severities.indexOf(severity);
