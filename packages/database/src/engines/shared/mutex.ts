import { BusyError } from "../../errors/index.ts";

type Release = () => void;

interface Waiter {
  readonly resolve: (release: Release) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A lock that asynchronous work queues for, first come, first served. Between two who queued the event loop has a turn: what SQLite
 * does under it happens on the thread that answers, and a long queue would hold up everybody else.
 */
export class Mutex {
  #held = false;
  readonly #waiting = new Set<Waiter>();

  get held(): boolean {
    return this.#held;
  }

  /** Takes the lock when it is free; undefined when it is not. */
  tryAcquire(): Release | undefined {
    if (this.#held) return undefined;
    this.#held = true;
    return this.#releaser();
  }

  /**
   * Waits for the lock.
   * @param timeoutMs longest wait, in milliseconds
   * @throws {BusyError} when the wait was too long
   */
  acquire(timeoutMs: number): Promise<Release> {
    const free = this.tryAcquire();
    if (free !== undefined) return Promise.resolve(free);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        reject(new BusyError());
      }, timeoutMs);
      const waiter: Waiter = { resolve, timer };
      this.#waiting.add(waiter);
    });
  }

  #releaser(): Release {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#passOn();
    };
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#held = false;
      return;
    }
    this.#waiting.delete(next);
    clearTimeout(next.timer);
    setImmediate(() => next.resolve(this.#releaser()));
  }
}

/** Waits for a promise that never rejects; false when it took longer. */
export async function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([promise.then(() => true), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
