import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import type { UpkeepStep } from "../../engines/port/upkeep.ts";
import { parseInput } from "../../validation/input.ts";

export interface OptimizeResult {
  /** What was done, in order. */
  readonly steps: readonly { readonly step: UpkeepStep; readonly durationMs: number }[];
  /** Size on disk, in bytes. */
  readonly sizeBeforeBytes: number;
  readonly sizeAfterBytes: number;
  /** How much of it is the write-ahead log, which does not shrink while something reads; null where there is none. */
  readonly walAfterBytes: number | null;
}

const options = z.strictObject({
  reindex: z.boolean().default(false),
  vacuum: z.boolean().default(true),
  analyze: z.boolean().default(true),
});
const order = ["reindex", "vacuum", "analyze"] as const;

/**
 * Makes room and keeps plans good. It runs on a thread or connection of its own: reads go on. On SQLite, writers wait for
 * each step without holding up the event loop, and fail with BUSY as they do behind any other writer when that takes too
 * long; do it when it is quiet. On PostgreSQL nobody waits.
 *
 * @param db the database
 * @param input `vacuum`: gives the room of deleted rows back (SQLite writes the database anew, with its indexes;
 *   PostgreSQL frees the room for new rows), default true; `analyze`: brings the planner's figures up to date, default
 *   true; `reindex`: writes every index anew, default false
 * @returns each step with its duration, the size before and after, and how much of it is the write-ahead log
 * @throws {DatabaseConnectionError} STORAGE_FULL when the disk has no room for a vacuum; nothing is changed then
 * @throws {BusyError} BUSY when another process holds the lock
 * @example
 * const { sizeBeforeBytes, sizeAfterBytes } = await optimizeDatabase(db);
 * console.log(sizeBeforeBytes - sizeAfterBytes);
 */
export async function optimizeDatabase(db: Handle, input: z.input<typeof options> = {}): Promise<OptimizeResult> {
  const wish = parseInput(options, input);
  const { upkeep } = db.connection;
  const measure = () => upkeep.examine((examiner) => examiner.measure());
  const { bytes: sizeBeforeBytes } = await measure();
  const steps: { step: UpkeepStep; durationMs: number }[] = [];
  let started = performance.now();
  await upkeep.optimize(
    order.filter((step) => wish[step]),
    (step) => {
      const ended = performance.now();
      steps.push({ step, durationMs: Math.round(ended - started) });
      started = ended;
    },
  );
  const { bytes: sizeAfterBytes, walBytes: walAfterBytes } = await measure();
  return { steps, sizeBeforeBytes, sizeAfterBytes, walAfterBytes };
}
