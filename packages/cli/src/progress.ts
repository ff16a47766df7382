import type { MovingProgress } from "@nerve/database";
import { Presets, SingleBar } from "cli-progress";
import type { Context } from "./context.ts";
import { printableLine } from "./printable.ts";

/** Shows how far a long command is. */
export interface Progress {
  readonly show: (progress: MovingProgress) => void;
  /** Takes it off the screen. */
  readonly end: () => void;
}

/** Makes a progress bar on standard error where that is a terminal; elsewhere nothing is shown. */
export function createProgress({ stderr }: Context): Progress {
  if (stderr.isTTY !== true) return { show: () => {}, end: () => {} };
  const format = "{bar} {percentage}%  {value} of {total} rows, {rate} a second, {left} left  {at}";
  const bar = new SingleBar(
    { format, stream: stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  let started = false;
  return {
    show({ step, table, rowsDone, rowsTotal, rowsPerSecond, secondsLeft }) {
      const left = secondsLeft === null ? "?" : `${secondsLeft} s`;
      const at = printableLine(step === "rows" ? table : `${step}: ${table}`);
      const words = { at, rate: rowsPerSecond, left };
      if (started) bar.update(rowsDone, words);
      else bar.start(rowsTotal, rowsDone, words);
      started = true;
    },
    end: () => bar.stop(),
  };
}

/** Tells the steps of a long command, one to a line, on standard error where that is a terminal. */
export function createStepReport({ stderr }: Context): (step: string) => void {
  if (stderr.isTTY !== true) return () => {};
  return (step) => void stderr.write(`${printableLine(step)}…\n`);
}
