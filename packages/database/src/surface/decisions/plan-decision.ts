import type { StatedFinding, StatusChange } from "../changes/change-statuses.ts";
import type { OpenStatus } from "../deciding/statuses.ts";
import { type DecisionAction, whenDecided } from "../deciding/transitions.ts";

/** What a decision depends on beside the findings. */
export interface DecisionFacts {
  readonly action: DecisionAction;
  /** The open state that a finding had last. */
  readonly lastOpen: (id: number) => OpenStatus;
  /** Acceptances that are over, whether or not their findings were opened already. */
  readonly over: ReadonlySet<number>;
}

/** What a decision makes of findings. */
export interface DecisionPlan {
  readonly changes: readonly StatusChange[];
  readonly unchanged: number;
  /** Those whose state does not allow it. */
  readonly refused: readonly StatedFinding[];
}

/** Finds what a decision makes of findings. */
export function planDecision(findings: readonly StatedFinding[], facts: DecisionFacts): DecisionPlan {
  const changes: StatusChange[] = [];
  const refused: StatedFinding[] = [];
  for (const finding of findings) {
    const outcome = isAcceptedNoMore(finding, facts)
      ? { to: "accepted" as const }
      : whenDecided(facts.action, finding.status, facts.lastOpen(finding.id));
    if (outcome === "refused") refused.push(finding);
    else if (outcome !== "unchanged") changes.push({ finding, to: outcome.to });
  }
  return { changes, unchanged: findings.length - changes.length - refused.length, refused };
}

/** What is to be accepted again since its acceptance is over is accepted anew. */
function isAcceptedNoMore({ status, riskAcceptanceId }: StatedFinding, { action, over }: DecisionFacts): boolean {
  return action === "accept-risk" && status === "accepted" && over.has(riskAcceptanceId ?? 0);
}
