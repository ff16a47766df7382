import type { Severity } from "@nerve/formats";

/** How severe a finding is known to be, and whether a person laid that down. */
export interface HeldSeverity {
  readonly severity: Severity;
  readonly severityOverridden: boolean;
}

/**
 * The severity of a finding: what a person laid down stays through every report and re-scoring, else it follows the report, which
 * has already chosen between the tool's own word, its score and its format's table.
 *
 * @param held null for a finding that is new
 * @param reported how severe its tool says that it is
 */
export function severityOf(held: HeldSeverity | null, reported: Severity): Severity {
  return held?.severityOverridden === true ? held.severity : reported;
}
