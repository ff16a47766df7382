import { TransactionError } from "../../errors/index.ts";
import type { InsertTarget, Query, ResultRow, TransactionExecutor, TransactionOptions } from "../port/engine.ts";
import { Mutex } from "./mutex.ts";
import type { BulkLoad } from "../port/stored-rows.ts";

/** The one connection that a transaction runs on. Its errors are of the family already. */
export interface TransactionConnection {
  all(query: Query, values: readonly unknown[]): Promise<ResultRow[]>;
  run(query: Query, values: readonly unknown[]): Promise<number>;
  script(sql: string): Promise<void>;
  /** Lets the statements take as long as they like that follow in the transaction. */
  liftTimeLimit(): Promise<void>;
  load(rows: BulkLoad): Promise<void>;
  insertRows(target: InsertTarget, rows: readonly (readonly unknown[])[]): Promise<void>;
  /**
   * Runs a statement that opens or ends a savepoint.
   * @param shown what it is called where times are kept
   */
  control(sql: string, shown?: string): Promise<void>;
  /** Whether row security keeps what follows a `confine` from other companies' rows. */
  hasRowSecurity(): Promise<boolean>;
  /** The statement that confines what follows to a company, or to none. Only where there is row security. */
  confine(company: number | null): string;
}

interface Place {
  /** How many savepoints it is in. */
  readonly depth?: number;
  readonly company: number | null;
}

const savepointTimeoutMs = 60_000;

/**
 * A transaction between its begin and its end, the same on both engines: after a failed statement it can only be
 * rolled back (PostgreSQL's rule, kept on SQLite too), and a transaction within it is a savepoint.
 */
export class OpenTransaction implements TransactionExecutor {
  readonly #connection: TransactionConnection;
  readonly #depth: number;
  readonly company: number | null;
  readonly #savepoint = new Mutex();
  #failure: unknown;
  #failed = false;
  #ended = false;

  constructor(connection: TransactionConnection, { depth = 0, company }: Place) {
    this.#connection = connection;
    this.#depth = depth;
    this.company = company;
  }

  hasRowSecurity(): Promise<boolean> {
    return this.#guard(() => this.#connection.hasRowSecurity());
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

  liftTimeLimit(): Promise<void> {
    return this.#guard(() => this.#connection.liftTimeLimit());
  }

  load(rows: BulkLoad): Promise<void> {
    return this.#guard(() => this.#connection.load(rows));
  }

  insertRows(target: InsertTarget, rows: readonly (readonly unknown[])[]): Promise<void> {
    return this.#guard(() => this.#connection.insertRows(target, rows));
  }

  /** Runs `work` in a savepoint; savepoints of one transaction take turns. */
  async transaction<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    { company = this.company }: TransactionOptions = {},
  ): Promise<T> {
    const release = await this.#savepoint.acquire(savepointTimeoutMs);
    const depth = this.#depth + 1;
    const name = `nerve_${depth}`;
    try {
      const confines = company !== this.company && (await this.hasRowSecurity());
      await this.#control(`SAVEPOINT ${name}`);
      const inner = new OpenTransaction(this.#connection, { depth, company });
      try {
        if (confines) await this.#confine(company);
        const result = await inner.finish(work);
        // A savepoint that is rolled back takes this with it; one that is released does not.
        if (confines) await this.#confine(this.company);
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

  /** Each company has a text of its own, which is not to be told apart where times are kept. */
  #confine(company: number | null): Promise<void> {
    const connection = this.#connection;
    return this.#guard(() => connection.control(connection.confine(company), connection.confine(null)));
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
