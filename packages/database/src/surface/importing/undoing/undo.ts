import type { SlaPolicy } from "../../deciding/due-date.ts";

/** An import that is taken back. */
export interface Undo {
  readonly importId: number;
  readonly companyId: number;
  readonly seriesId: number;
  readonly startedAt: Date;
  /** How long findings might stay open then; null where it did not come to its end. */
  readonly policies: readonly SlaPolicy[] | null;
}
