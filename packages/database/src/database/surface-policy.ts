/** What an installation holds decisions on findings to; it holds for whoever uses the handle. */
export interface SurfacePolicy {
  /** Most days for which a risk may be accepted at once. */
  readonly longestAcceptanceDays: number;
}

export const defaultSurfacePolicy: SurfacePolicy = { longestAcceptanceDays: 365 };
