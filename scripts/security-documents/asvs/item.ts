/** Whether an item holds: wholly, in part, or not yet. */
export type AsvsState = "holds" | "in part" | "not yet";

/** An item of the standard, and how it stands. */
export interface AsvsItem {
  /** Its number in ASVS 5.0.0. */
  readonly id: string;
  /** What it asks, in our words. */
  readonly asks: string;
  readonly state: AsvsState;
  /** How it holds, or what is missing. */
  readonly how: string;
  /** Files that show it. */
  readonly tests: readonly string[];
  /** Of the items that only apply with another identity provider, and shown all the same. */
  readonly beyond?: true;
}
