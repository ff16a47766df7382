import { TransactionError } from "../../errors/index.ts";
import type { InsertTarget, Query, ResultRow, TransactionExecutor } from "../port/engine.ts";
import { Mutex } from "./mutex.ts";
import type { BulkLoad } from "../port/stored-rows.ts";

/** The one connection that a transaction runs on. Its errors are of the family already. */
export interface TransactionConnection {
  all(query: Query, values: readonly unknown[]): Promise<ResultRow[]>;
  run(query: Query, values: readonly unknown[]): Promise<number>;
  script(sql: string): Promise<void>;
  load(rows: BulkLoad): Promise<void>;
  insertRows(target: InsertTarget, rows: readonly (readonly unknown[])[]): Promise<void>;
  /** Runs a statement that opens or ends a savepoint. */
  control(sql: string): Promise<void>;
}

const savepointTimeoutMs = 60_000;

/**
 * A transaction between its begin and its end, the same on both engines: after a failed statement it can only be
 * rolled back (PostgreSQL's rule, kept on SQLite too), and a transaction within it is a savepoint.
 */
export class OpenTransaction implements TransactionExecutor {
  readonly #connection: TransactionConnection;
  readonly #depth: number;
  readonly #savepoint = new Mutex();
  #failure: unknown;
  #failed = false;
  #ended = false;

  constructor(connection: TransactionConnection, depth = 0) {
    this.#connection = connection;
    this.#depth = depth;
  }

  all(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    return this.#guard(() => this.#connection.all(query, values));
  }

  run(query: Query, values: readonly unknown[]): Promise<number> {
    return this.#guard(() => this.#connection.run(query, values));
  }

  script(sql: string): Promise<void> {
    return this.#guard(() => this.#connection.script(sql));
  }

  load(rows: BulkLoad): Promise<void> {
    return this.#guard(() => this.#connection.load(rows));
  }

  insertRows(target: InsertTarget, rows: readonly (readonly unknown[])[]): Promise<void> {
    return this.#guard(() => this.#connection.insertRows(target, rows));
  }

  /** Runs `work` in a savepoint; savepoints of one transaction take turns. */
  async transaction<T>(work: (executor: TransactionExecutor) => Promise<T>): Promise<T> {
    const release = await this.#savepoint.acquire(savepointTimeoutMs);
    const name = `nerve_${this.#depth + 1}`;
    try {
      await this.#control(`SAVEPOINT ${name}`);
      const inner = new OpenTransaction(this.#connection, this.#depth + 1);
      try {
        const result = await inner.finish(work);
        await this.#control(`RELEASE SAVEPOINT ${name}`);
        return result;
      } catch (error) {
        await this.#control(`ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`);
        throw error;
      }
    } finally {
      release();
    }
  }

  /**
   * Runs the work to its end.
   * @throws the work's own error unchanged; TRANSACTION_FAILED when it swallowed the failure of a statement
   */
  async finish<T>(work: (executor: TransactionExecutor) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      if (this.#failed) throw new TransactionError("TRANSACTION_FAILED", { cause: this.#failure });
      return result;
    } finally {
      this.#ended = true;
    }
  }

  #control(sql: string): Promise<void> {
    return this.#guard(() => this.#connection.control(sql));
  }

  async #guard<T>(action: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new TransactionError("TRANSACTION_FAILED", { message: "The transaction has ended." });
    if (this.#failed) throw new TransactionError("TRANSACTION_FAILED", { cause: this.#failure });
    try {
      return await action();
    } catch (error) {
      this.#failed = true;
      this.#failure = error;
      throw error;
    }
  }
}
