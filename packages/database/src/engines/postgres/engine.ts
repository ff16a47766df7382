import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { BusyError, DatabaseConnectionError, TransactionError } from "../../errors/index.ts";
import type { BackupPort, BackupTools } from "../backup-port.ts";
import type { Engine, Query, ResultRow, TransactionExecutor, TransactionOptions } from "../engine.ts";
import { settledWithin } from "../mutex.ts";
import { OpenTransaction, type TransactionConnection } from "../open-transaction.ts";
import { TransactionOwnership } from "../ownership.ts";
import { PostgresBackup } from "./backup.ts";
import { postgresBuilder } from "./builder.ts";
import { PostgresRunner } from "./client.ts";
import { postgresDialect } from "./dialect.ts";
import { translatePostgresError } from "./errors.ts";

interface PostgresEngineParts {
  readonly url: string;
  /** Makes a pool; nothing is connected before the first statement. */
  readonly openPool: () => pg.Pool;
  readonly namedStatements: boolean;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/** How often it is looked whether all connections are at rest, in milliseconds. */
const restPollMs = 5;

/** PostgreSQL behind a bounded pool. */
export class PostgresEngine implements Engine {
  readonly name = "postgres";
  readonly builder = postgresBuilder();
  readonly dialect = postgresDialect;
  readonly #parts: PostgresEngineParts;
  #pool: pg.Pool;
  #runner: PostgresRunner;
  /** Ends when the connections may be used again. */
  #pause: Promise<void> | undefined;
  readonly #ownership = new TransactionOwnership();
  #closing: Promise<void> | undefined;

  constructor(parts: PostgresEngineParts) {
    this.#parts = parts;
    this.#pool = parts.openPool();
    this.#runner = new PostgresRunner(parts);
  }

  async all(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    this.#refuseClosed();
    if (this.#pause !== undefined) await this.#waitFor(this.#pause);
    if (!query.readOnly) {
      this.#ownership.refuseInside();
      return this.#runner.all(this.#pool, query, values);
    }
    try {
      return await this.#runner.all(this.#pool, query, values);
    } catch (error) {
      // A connection of the pool may have died since it was last used; reading twice does no harm.
      if (!isLostConnection(error)) throw error;
      return this.#runner.all(this.#pool, query, values);
    }
  }

  async run(query: Query, values: readonly unknown[]): Promise<number> {
    this.#refuseClosed();
    this.#ownership.refuseInside();
    if (this.#pause !== undefined) await this.#waitFor(this.#pause);
    return this.#runner.run(this.#pool, query, values);
  }

  async transaction<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    { isolation = "read committed", retries = 0 }: TransactionOptions = {},
  ): Promise<T> {
    this.#ownership.refuseInside();
    for (let left = retries; ; left -= 1) {
      try {
        return await this.#transactionOnce(work, isolation);
      } catch (error) {
        const collided = error instanceof TransactionError && error.code === "SERIALIZATION_FAILED";
        if (!collided || left <= 0) throw error;
      }
    }
  }

  backupPort(tools: BackupTools): BackupPort {
    return new PostgresBackup({ url: this.#parts.url, tools, engine: this });
  }

  /**
   * Closes every connection while `work` runs, and opens new ones whatever comes of it. Statements wait meanwhile.
   * @throws {BusyError} when a statement or transaction that is running does not end in time
   */
  async whileClosed<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    this.#ownership.refuseInside();
    if (this.#pause !== undefined) throw new BusyError();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pause = promise;
    try {
      await this.#untilAtRest();
      await this.#pool.end();
      try {
        return await work();
      } finally {
        this.#pool = this.#parts.openPool();
        this.#runner = new PostgresRunner(this.#parts);
      }
    } finally {
      this.#pause = undefined;
      resolve();
    }
  }

  async #closeAll(): Promise<void> {
    await this.#pause;
    await this.#pool.end();
  }

  async #untilAtRest(): Promise<void> {
    const deadline = performance.now() + this.#parts.connectTimeoutMs;
    while (this.#pool.idleCount < this.#pool.totalCount || this.#pool.waitingCount > 0) {
      if (performance.now() >= deadline) throw new BusyError();
      await sleep(restPollMs);
    }
  }

  async #waitFor(pause: Promise<void>): Promise<void> {
    if (!(await settledWithin(pause, this.#parts.connectTimeoutMs))) throw new BusyError();
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #transactionOnce<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    isolation: NonNullable<TransactionOptions["isolation"]>,
  ): Promise<T> {
    const client = await this.#connect();
    let healthy = false;
    try {
      const connection = this.#connection(client);
      await connection.control(`BEGIN ISOLATION LEVEL ${isolation}`);
      try {
        const result = await this.#ownership.run(() => new OpenTransaction(connection).finish(work));
        await connection.control("COMMIT");
        healthy = true;
        return result;
      } catch (error) {
        healthy = await rolledBack(connection);
        throw error;
      }
    } finally {
      // A connection whose transaction could not be ended is not used again.
      client.release(!healthy);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    this.#refuseClosed();
    if (this.#pause !== undefined) await this.#waitFor(this.#pause);
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  #connection(client: pg.PoolClient): TransactionConnection {
    const script = async (sql: string) => {
      try {
        await client.query(sql);
      } catch (error) {
        throw translatePostgresError(error);
      }
    };
    return {
      all: (query, values) => this.#runner.all(client, query, values),
      run: (query, values) => this.#runner.run(client, query, values),
      script,
      control: script,
    };
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new DatabaseConnectionError("CLOSED");
  }
}

async function rolledBack(connection: TransactionConnection): Promise<boolean> {
  try {
    await connection.control("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}

function isLostConnection(error: unknown): boolean {
  return error instanceof DatabaseConnectionError && error.code === "CONNECTION_FAILED";
}
