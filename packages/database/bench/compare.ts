/** One side of a comparison: does a batch of operations. */
export type Side = () => Promise<void> | void;

/** How many rounds are measured, and how many only warm up. */
export interface Turns {
  readonly rounds: number;
  readonly warmUps: number;
}

/** Two ways to do the same, and how much of the other's speed ours has to reach. */
export interface Comparison {
  readonly operation: string;
  /** `none` where no database is asked. */
  readonly engine: "sqlite" | "postgres" | "none";
  /** What the other side is. */
  readonly against: string;
  /** Least ratio that counts as good: 0.9 is nine tenths of the other's speed. */
  readonly atLeast: number;
  /** Operations in one batch. */
  readonly batch: number;
  /** How often, where that is not as often as all others. */
  readonly turns?: Turns;
  readonly ours: Side;
  readonly other: Side;
  /** Undoes what one batch wrote, outside the measured time. */
  readonly cleanUp?: Side;
  /** Operations per second of the Python system on such a machine, where it was measured. */
  readonly python?: number;
}

/** What a comparison showed. */
export interface Result {
  readonly operation: string;
  readonly engine: string;
  readonly against: string;
  readonly atLeast: number;
  /** Our speed as a part of the other's: the median over the rounds. */
  readonly ratio: number;
  /** Operations per second, ours and the other's. */
  readonly ours: number;
  readonly other: number;
  /** What both are, where they are no operations per second. */
  readonly unit?: string;
  /** How many times as fast as the Python system. */
  readonly pythonFactor: number | undefined;
}

/** A comparison that could not be made, since the other side is not on this machine. */
export interface NoResult extends Pick<Comparison, "operation" | "engine" | "against" | "atLeast"> {
  readonly missing: string;
}

export type Outcome = Result | NoResult;

/** The other side of a comparison is not on this machine; the message says what to do about it. */
export class MissingPeer extends Error {}

/** Makes of a program that is not installed a {@link MissingPeer}; any other error stays what it is. */
export function explainMissing(program: string): (error: unknown) => never {
  return (error) => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing ? new MissingPeer(`${program} is not installed.`) : error;
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? NaN) + (sorted[Math.ceil(sorted.length / 2) - 1] ?? sorted[middle] ?? NaN)) / 2;
}

/** What only one in a hundred exceeds. */
export function p99(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * 0.99)] ?? NaN;
}

interface Limited extends Pick<Result, "operation" | "engine"> {
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
}

/** What was measured by itself, against the most that it may be: the ratio says how many times it would fit. */
export function againstLimit({ operation, engine, measured, limit, unit }: Limited): Result {
  return {
    operation,
    engine,
    against: `at most ${limit}${unit}`,
    atLeast: 1,
    ratio: limit / measured,
    ours: measured,
    other: limit,
    unit,
    pythonFactor: undefined,
  };
}

async function timed(side: Side): Promise<number> {
  const started = performance.now();
  await side();
  return performance.now() - started;
}

/**
 * Runs both sides in turns within one process, so that whatever slows the machine slows both, and compares round by
 * round. The order changes with each round; the first rounds only warm up.
 */
export async function compare(comparison: Comparison, { rounds, warmUps }: Turns): Promise<Result> {
  const oursMs: number[] = [];
  const otherMs: number[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const measured: Record<"ours" | "other", number> = { ours: 0, other: 0 };
    for (const side of round % 2 === 0 ? (["ours", "other"] as const) : (["other", "ours"] as const)) {
      measured[side] = await timed(comparison[side]);
      await comparison.cleanUp?.();
    }
    if (round < warmUps) continue;
    oursMs.push(measured.ours);
    otherMs.push(measured.other);
  }
  const perSecond = (times: readonly number[]) => (comparison.batch * 1000) / median(times);
  const { operation, engine, against, atLeast, python } = comparison;
  return {
    operation,
    engine,
    against,
    atLeast,
    ratio: median(oursMs.map((ours, round) => (otherMs[round] ?? NaN) / ours)),
    ours: perSecond(oursMs),
    other: perSecond(otherMs),
    pythonFactor: python === undefined ? undefined : perSecond(oursMs) / python,
  };
}

/** A comparison's outcome; where the other is not there, why. */
export async function outcomeOf(comparison: Comparison, turns: Turns): Promise<Outcome> {
  try {
    return await compare(comparison, turns);
  } catch (error) {
    if (!(error instanceof MissingPeer)) throw error;
    const { operation, engine, against, atLeast } = comparison;
    return { operation, engine, against, atLeast, missing: error.message };
  }
}
