import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { BusyError } from "@nerve/database";
import type { Logger } from "pino";

/** Work that goes on after its request was answered. */
export interface Background {
  /**
   * Begins work in a moment, so that neither the answer nor the next request is later for what there was to do. Its failure is logged.
   * @throws {BusyError} BUSY while too much is under way
   */
  readonly run: (work: () => Promise<void>) => void;
  /** Waits until nothing is under way. */
  readonly settle: () => Promise<void>;
}

/** Most work that is under way at once. */
const most = 200;
/** Work begins within so many milliseconds: when, nobody can tell from outside. */
const spreadMs = 300;

/** Makes what does work after answers. */
export function createBackground(log: Logger): Background {
  const underway = new Set<Promise<void>>();
  const ending = new AbortController();

  async function doLater(work: () => Promise<void>): Promise<void> {
    // A server that ends does not wait: the delay is cut short, the work is done.
    await setTimeout(randomInt(spreadMs), undefined, { signal: ending.signal }).catch(() => undefined);
    try {
      await work();
    } catch (error) {
      log.error({ err: error }, "work after an answer failed");
    }
  }

  return {
    run(work) {
      if (underway.size >= most) throw new BusyError();
      const done = doLater(work).finally(() => underway.delete(done));
      underway.add(done);
    },
    async settle() {
      ending.abort();
      await Promise.all(underway);
    },
  };
}
