import type pg from "pg";
import { DatabaseConnectionError, TransactionError } from "../../errors/index.ts";
import type { Engine, Query, ResultRow, TransactionExecutor, TransactionOptions } from "../engine.ts";
import { OpenTransaction, type TransactionConnection } from "../open-transaction.ts";
import { TransactionOwnership } from "../ownership.ts";
import type { PerformanceLog } from "../performance-log.ts";
import type { UpkeepPort } from "../upkeep-port.ts";
import { postgresBuilder } from "./builder.ts";
import { PostgresRunner } from "./client.ts";
import { postgresDialect } from "./dialect.ts";
import { translatePostgresError } from "./errors.ts";
import { PostgresUpkeep } from "./upkeep.ts";

interface PostgresEngineParts {
  readonly pool: pg.Pool;
  readonly namedStatements: boolean;
  readonly performance: PerformanceLog;
  /** Whether to keep the times of the statements. */
  readonly performanceLog: boolean;
  /** How a connection of its own is made, for what takes long. */
  readonly longWork: pg.ClientConfig;
}

/** PostgreSQL behind a bounded pool. */
export class PostgresEngine implements Engine {
  readonly name = "postgres";
  readonly builder = postgresBuilder();
  readonly dialect = postgresDialect;
  readonly performance: PerformanceLog;
  readonly upkeep: UpkeepPort;
  readonly #pool: pg.Pool;
  readonly #runner: PostgresRunner;
  readonly #ownership = new TransactionOwnership();
  #closing: Promise<void> | undefined;

  constructor({ pool, namedStatements, performance, performanceLog, longWork }: PostgresEngineParts) {
    this.#pool = pool;
    this.performance = performance;
    this.#runner = new PostgresRunner({ namedStatements, performance: performanceLog ? performance : undefined });
    this.upkeep = new PostgresUpkeep({ engine: this, longWork });
  }

  async all(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    this.#refuseClosed();
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

  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
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
      control: async (sql) => this.#runner.control(client, sql),
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
