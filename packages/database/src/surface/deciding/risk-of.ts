import type { Severity } from "@nerve/formats";

export interface RiskInputs {
  readonly severity: Severity;
  /** Known to be exploited somewhere. */
  readonly exploited: boolean;
  /** How likely it is to be exploited soon, from 0 to 1; null where nobody says. */
  readonly epss: number | null;
  /** Of its asset, from 0 to 4; 2 is the usual. */
  readonly criticality: number;
}

const ofSeverity: Readonly<Record<Severity, number>> = { critical: 800, high: 600, medium: 400, low: 200, info: 0 };
const usualCriticality = 2;

/** The risk of a finding, from 0 to 1200: what findings are ordered by. */
export function riskOf({ severity, exploited, epss, criticality }: RiskInputs): number {
  const ofExploitation = (exploited ? 250 : 0) + 100 * (epss ?? 0);
  const ofAsset = 25 * (criticality - usualCriticality);
  return Math.max(0, Math.round(ofSeverity[severity] + ofExploitation + ofAsset));
}

/** The least risk that a finding of a severity can have. */
export function leastRisk(severity: Severity): number {
  return riskOf({ severity, exploited: false, epss: null, criticality: 0 });
}
