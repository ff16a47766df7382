import { setTimeout as sleep } from "node:timers/promises";
import { type Caller, type Database, importReport, type ImportReceipt, type SpooledReport } from "@nerve/database";
import { HttpError } from "../../errors/index.ts";

/** Imports of all users that are under way at once; each takes room on the disk. */
const most = 20;
/** When to try again, in seconds. */
const retryAfter = 5;

type Said = Omit<Parameters<typeof importReport>[1], "source" | "signal" | "onProgress" | "scanId"> & {
  readonly scanId: string;
};

/** A place among the imports that are under way. */
export interface ImportPlace {
  /** Null as long as the report is read, or where all of it is one transaction. */
  readonly importId: () => number | null;
  /** Whether the server ended it before it was begun. */
  readonly isStopped: () => boolean;
  /** Takes the report in, and deletes it then; the place is given back at the end, whoever waits for it. */
  readonly run: (report: SpooledReport, said: Said, caller: Caller) => Promise<ImportReceipt>;
  /** Gives the place back where nothing ran. */
  readonly leave: () => void;
}

/** The imports that a server has under way: one of each user. */
export interface RunningImports {
  /** @throws {HttpError} TOO_MUCH_IN_FLIGHT when the user has one, or there are too many together */
  readonly enter: (owner: string) => ImportPlace;
  /** What `work` gives, within so many seconds and until the server stops; null where that takes longer. */
  readonly within: <T>(seconds: number, work: Promise<T>) => Promise<T | null>;
  /** Work that goes on after an answer, and that `settle` waits for as well. */
  readonly follow: (work: Promise<void>) => void;
  /** Answers whoever waits, and stops imports that another process can go on with. */
  readonly stop: () => void;
  /** Waits for the others for so many seconds, and stops them then. */
  readonly settle: (seconds: number) => Promise<void>;
}

/** Makes what keeps count of the imports of one server. */
export function createRunningImports(db: Database): RunningImports {
  const places = new Map<string, Place>();
  const following = new Set<Promise<void>>();
  const stopping = new AbortController();
  return {
    enter(owner) {
      if (places.has(owner) || places.size >= most) throw new HttpError("TOO_MUCH_IN_FLIGHT", { retryAfter });
      const place = new Place(db, { isStopping: stopping.signal, leave: () => void places.delete(owner) });
      places.set(owner, place);
      return place;
    },
    async within(seconds, work) {
      const done = new AbortController();
      const signal = AbortSignal.any([done.signal, stopping.signal]);
      const late = sleep(seconds * 1000, null, { signal, ref: false }).catch(() => null);
      // What is done when the server stops is told all the same.
      const first = Promise.race([work, late]);
      try {
        return await first;
      } finally {
        done.abort();
      }
    },
    follow(work) {
      const followed = work.finally(() => following.delete(followed));
      following.add(followed);
    },
    stop() {
      stopping.abort();
      for (const place of places.values()) place.stop({ hard: false });
    },
    async settle(seconds) {
      const ended = Promise.all(Array.from(places.values(), (place) => place.ended));
      await Promise.race([ended, sleep(seconds * 1000, undefined, { ref: false })]);
      for (const place of places.values()) place.stop({ hard: true });
      await ended;
      await Promise.all(following);
    },
  };
}

class Place implements ImportPlace {
  /** Once the place is given back, also where its report has not arrived. */
  readonly ended: Promise<void>;
  readonly #db: Database;
  readonly #isStopping: AbortSignal;
  readonly #aborting = new AbortController();
  readonly #leave: () => void;
  #importId: number | null = null;

  constructor(db: Database, { isStopping, leave }: { isStopping: AbortSignal; leave: () => void }) {
    this.#db = db;
    this.#isStopping = isStopping;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#leave = () => {
      leave();
      resolve();
    };
  }

  readonly importId = () => this.#importId;
  readonly isStopped = () => this.#aborting.signal.aborted && this.#importId === null;
  readonly leave = () => this.#leave();

  readonly run = (report: SpooledReport, said: Said, caller: Caller): Promise<ImportReceipt> =>
    this.#import(report, said, caller);

  /** One that has begun can be resumed; others had better come to their end. */
  stop({ hard }: { hard: boolean }): void {
    if (hard || this.#importId !== null) this.#aborting.abort();
  }

  async #import(source: SpooledReport, said: Said, caller: Caller): Promise<ImportReceipt> {
    const { signal } = this.#aborting;
    const onProgress = ({ importId }: { importId: number }) => {
      this.#importId = importId;
      if (this.#isStopping.aborted) this.#aborting.abort();
    };
    try {
      return await importReport(this.#db, { ...said, source, signal, onProgress }, caller);
    } finally {
      if (signal.aborted && this.#importId !== null) source.leave();
      else await source.remove();
      this.#leave();
    }
  }
}
