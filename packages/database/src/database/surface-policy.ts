/** What an installation holds findings to; it holds for whoever uses the handle. */
export interface SurfacePolicy {
  /** Most days for which a risk may be accepted at once. */
  readonly longestAcceptanceDays: number;
  /** Closings of an import wait for somebody to confirm them from so many open findings on, … */
  readonly heldFromFindings: number;
  /** … where they are so many per cent of what its series had open there. */
  readonly heldFromPercent: number;
}

export const defaultSurfacePolicy: SurfacePolicy = {
  longestAcceptanceDays: 365,
  heldFromFindings: 20,
  heldFromPercent: 60,
};
