import { BusyError } from "../errors/index.ts";
import { Turns, type Waiting } from "./turns.ts";

/** Whose work it is. */
export interface Turn {
  readonly owner: string;
  /** Whether it goes before the work of all who are not. */
  readonly isPreferred?: boolean;
}

/** Runs work that others must not wait for too much of: a few at once, the rest in turns by owner. */
export type RunFew = <T>(work: () => Promise<T>, turn?: Turn) => Promise<T>;

const nobody: Turn = { owner: "" };

/**
 * Makes a gate that lets a few through at once. Of those who wait, each owner has one turn before anybody has a second: who asks for
 * much waits for it alone.
 *
 * @param most how many are let through
 * @param options `mostWaiting`: how many wait that are not preferred; when one more comes, one of the owner who has most waiting is
 *   refused with BUSY
 */
export function fewAtOnce(most: number, { mostWaiting = Infinity }: { mostWaiting?: number } = {}): RunFew {
  let running = 0;
  const preferred = new Turns();
  const others = new Turns();

  function wait({ owner, isPreferred = false }: Turn): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { go: resolve, refuse: () => reject(new BusyError()) };
      if (isPreferred) return preferred.add(owner, waiting);
      if (others.size >= mostWaiting) {
        const last = others.takeFromLargest(owner);
        if (last === undefined) return waiting.refuse();
        last.refuse();
      }
      others.add(owner, waiting);
    });
  }

  return async (work, turn = nobody) => {
    if (running >= most) await wait(turn);
    else running += 1;
    try {
      return await work();
    } finally {
      const next = preferred.next() ?? others.next();
      if (next === undefined) running -= 1;
      else next.go();
    }
  };
}
