import { type Comparison, type Outcome, outcomeOf } from "../packages/database/bench/compare.ts";
import type { BenchOptions } from "./options.ts";

/** What is measured of operations, and how much is asked for. */
export interface Measuring {
  readonly options: BenchOptions;
  /** Whether an operation is asked for by its name, or by a part of it. */
  readonly isWanted: (operation: string) => boolean;
  /** Compares what is asked for, and tells of each as it is done. */
  readonly measure: (comparisons: readonly Comparison[]) => Promise<Outcome[]>;
}

/** Measures by the options. */
export function measuringBy(options: BenchOptions): Measuring {
  const usualTurns = options.quick ? { rounds: 5, warmUps: 2 } : { rounds: 21, warmUps: 4 };
  const isWanted = (operation: string) => options.only === undefined || operation.includes(options.only);
  const measure = async (comparisons: readonly Comparison[]) => {
    const outcomes: Outcome[] = [];
    for (const comparison of comparisons) {
      if (!isWanted(comparison.operation)) continue;
      const outcome = await outcomeOf(comparison, comparison.turns ?? usualTurns);
      tell(outcome);
      outcomes.push(outcome);
    }
    return outcomes;
  };
  return { options, isWanted, measure };
}

/** Says what came out, while the rest is measured. */
export function tell(outcome: Outcome): void {
  const shown = "missing" in outcome ? outcome.missing : outcome.ratio.toFixed(2);
  console.error(`${outcome.engine}: ${outcome.operation}: ${shown}`);
}
