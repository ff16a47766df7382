import {
  DatabaseConnectionError,
  DatabaseError,
  NotFoundError,
  PermissionError,
  ValidationError,
} from "../../../errors/index.ts";
import type { Executor, Query, ResultRow, TransactionExecutor, TransactionOptions } from "../../port/engine.ts";
import type { PostgresRunner } from "../run/client.ts";
import type { ConnectionPool } from "../run/pool.ts";

interface ReplicaParts {
  readonly primary: Executor;
  /** Runs `work`, which only reads, in a transaction on a connection of the replica. */
  readonly inTransaction: ReadInTransaction;
  readonly pool: ConnectionPool;
  readonly runner: PostgresRunner;
  /** How far behind the primary it may be, in milliseconds. */
  readonly maxLagMs: number;
}

export type ReadInTransaction = <T>(
  pool: ConnectionPool,
  work: (executor: TransactionExecutor) => Promise<T>,
  options: TransactionOptions,
) => Promise<T>;

/** How often it is measured at most, and how long a replica that failed is left alone; in milliseconds. */
const measureEveryMs = 1000;
const restMs = 5000;

/** How many bytes of changes the primary has written. */
const written: Query = {
  sql: `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS "position"`,
  readOnly: true,
  recurring: true,
};

/** How many of them the replica has made its own; null on a server that follows nobody, such as a promoted replica. */
const replayed: Query = {
  sql: `SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END AS "position"`,
  readOnly: true,
  recurring: true,
};

/** What the primary had written at a moment. */
interface Sample {
  readonly at: number;
  readonly position: number;
}

/**
 * Reads from a streaming replica while it is near enough, else from the primary; everything else goes to the primary.
 *
 * Nearness is measured with the primary's own positions: once the replica has replayed what the primary had written at
 * a moment, it is as new as that moment. So an idle primary is no lag, and a replica that is cut off is one.
 */
export class Replica implements Executor {
  readonly company = null;
  readonly #parts: ReplicaParts;
  #samples: Sample[] = [];
  #asNewAs = Number.NEGATIVE_INFINITY;
  #measureAt = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | undefined;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
  }

  async all(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    const { primary } = this.#parts;
    if (!query.readOnly || !this.#isNear()) return primary.all(query, values);
    try {
      return await this.#read(query, values);
    } catch (error) {
      if (isTimeout(error)) throw error;
      // It is down, is recovering, or removed rows that this statement needed: the primary knows.
      this.#leaveAlone();
      return primary.all(query, values);
    }
  }

  run(query: Query, values: readonly unknown[]): Promise<number> {
    return this.#parts.primary.run(query, values);
  }

  async transaction<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const { primary, pool, inTransaction } = this.#parts;
    if (options.readOnly !== true || !this.#isNear()) return primary.transaction(work, options);
    try {
      return await inTransaction(pool, work, options);
    } catch (error) {
      // What the work itself throws, such as that there is no such record, is its answer.
      if (!(error instanceof DatabaseError) || !isOfServer(error) || isTimeout(error)) throw error;
      this.#leaveAlone();
      return primary.transaction(work, options);
    }
  }

  hasRowSecurity(): Promise<boolean> {
    return this.#parts.primary.hasRowSecurity();
  }

  async close(): Promise<void> {
    await this.#measuring;
    await this.#parts.pool.end();
  }

  #read(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    const { pool, runner } = this.#parts;
    return pool.use((client) => runner.all(client, query, values));
  }

  /** Nobody waits for a measurement: the replica may have gone silent, and the primary answers meanwhile. */
  #isNear(): boolean {
    const { maxLagMs } = this.#parts;
    if (performance.now() >= this.#measureAt) {
      this.#measuring ??= this.#measure().finally(() => (this.#measuring = undefined));
    }
    return performance.now() - this.#asNewAs <= maxLagMs;
  }

  async #measure(): Promise<void> {
    const { primary, maxLagMs } = this.#parts;
    const at = performance.now();
    this.#measureAt = at + Math.min(measureEveryMs, maxLagMs / 2);
    try {
      const [there] = await primary.all(written, []);
      this.#samples.push({ at, position: Number(there?.["position"]) });
      const [here] = await this.#read(replayed, []);
      this.#compare(here?.["position"] as number | null);
    } catch {
      this.#leaveAlone();
    }
    // What is older than the lag allowed could only show that the replica is too far behind.
    this.#samples = this.#samples.filter((sample) => sample.at > Math.max(this.#asNewAs, at - maxLagMs));
  }

  #compare(position: number | null): void {
    if (position === null) {
      this.#leaveAlone();
      return;
    }
    for (const sample of this.#samples) {
      if (sample.position <= position) this.#asNewAs = Math.max(this.#asNewAs, sample.at);
    }
  }

  #leaveAlone(): void {
    this.#asNewAs = Number.NEGATIVE_INFINITY;
    this.#measureAt = performance.now() + restMs;
  }
}

/** Whether it is the server's failure: it is down, is recovering, or removed rows that a statement needed. */
function isOfServer(error: DatabaseError): boolean {
  return !(error instanceof NotFoundError || error instanceof ValidationError || error instanceof PermissionError);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DatabaseConnectionError && error.code === "TIMEOUT";
}
