import { setTimeout as sleep } from "node:timers/promises";
import { isBusy, translateSqliteError } from "./errors.ts";

/** Pauses between tries, in milliseconds; the last one repeats. */
const pausesMs = [1, 2, 5, 10, 20, 25];

/**
 * Runs an action that never waits inside SQLite, and tries again while another connection holds the lock, so that the
 * event loop goes on meanwhile.
 * @param timeoutMs how long to go on trying, in milliseconds
 * @throws the error family; BUSY when the lock stayed held
 */
export async function retryWhileBusy<T>(action: () => T | Promise<T>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const result = action();
      // Most actions are done by now, and a promise of a result that is there would cost a turn.
      return result instanceof Promise ? await result : result;
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw translateSqliteError(error);
    }
    await sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)]);
  }
}
