import type pg from "pg";
import { DatabaseConnectionError, TransactionError } from "../../../errors/index.ts";
import type { TableRegistry } from "../../../schema/registry.ts";
import type { BackupPort, BackupTools } from "../../port/backup.ts";
import type {
  Engine,
  PoolUse,
  Executor,
  Query,
  ResultRow,
  TransactionExecutor,
  TransactionOptions,
} from "../../port/engine.ts";
import { OpenTransaction, type TransactionConnection } from "../../shared/open-transaction.ts";
import { TransactionOwnership } from "../../shared/ownership.ts";
import type { PerformanceLog } from "../../shared/performance-log.ts";
import type { Source } from "../../port/source.ts";
import type { UpkeepPort } from "../../port/upkeep.ts";
import { PostgresBackup } from "../backup/backup.ts";
import { postgresBuilder } from "./builder.ts";
import { loadRows } from "../moving/bulk-load.ts";
import { PostgresRunner } from "./client.ts";
import { copyRows } from "../moving/copy-rows.ts";
import { postgresDialect } from "./dialect.ts";
import { afterSending, isLostConnection, isOutcomeUnknown, translatePostgresError } from "./errors.ts";
import { explainMissingRight, isMissingRight } from "./missing-right.ts";
import type { ConnectionPool } from "./pool.ts";
import { confine, RowSecurity } from "./row-security.ts";
import { type ReadInTransaction, Replica } from "../connect/replica.ts";
import { insertInStatements } from "../moving/insert-rows.ts";
import { openPostgresSource } from "../moving/source.ts";
import { PostgresUpkeep } from "../upkeep/upkeep.ts";

/**
 * What stands between NERVE and the server: nothing; or a pooler that gives a connection away after each transaction,
 * which follows named statements (PgBouncer from 1.21 on, with `max_prepared_statements`) or does not.
 */
export type Pooler = "none" | "transaction" | "transaction-prepared";

interface EngineParts {
  readonly tables: TableRegistry;
  readonly url: string;
  readonly pool: ConnectionPool;
  /** Where reads that may lag go. */
  readonly replica?: { readonly pool: ConnectionPool; readonly maxLagMs: number } | undefined;
  readonly pooler: Pooler;
  /** Longest time that one statement may run, in milliseconds; 0 is no limit. */
  readonly statementTimeoutMs: number;
  /** `auto`: companies' transactions are confined where policies hold for the role; `off`: never. */
  readonly rowSecurity: "auto" | "off";
  readonly performance: PerformanceLog;
  /** Whether to keep the times of the statements. */
  readonly performanceLog: boolean;
}

/** PostgreSQL behind a bounded pool. */
export class PostgresEngine implements Engine {
  readonly name = "postgres";
  readonly tables: TableRegistry;
  readonly builder = postgresBuilder();
  readonly dialect = postgresDialect;
  readonly performance: PerformanceLog;
  readonly upkeep: UpkeepPort;
  readonly company = null;
  readonly #url: string;
  readonly #pool: ConnectionPool;
  readonly #runner: PostgresRunner;
  readonly #limit: string;
  readonly #rowSecurity: RowSecurity;
  readonly #replica: Replica | undefined;
  readonly #ownership = new TransactionOwnership();
  #closing: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    const { url, pool, replica, pooler, statementTimeoutMs, performance, performanceLog } = parts;
    this.#url = url;
    this.tables = parts.tables;
    this.#pool = pool;
    this.performance = performance;
    this.upkeep = new PostgresUpkeep({ engine: this, pool, hasSession: pooler === "none" });
    this.#runner = new PostgresRunner({
      namedStatements: pooler !== "transaction",
      performance: performanceLog ? performance : undefined,
      propertyOf: this.tables.propertyOf,
    });
    // What is set at the start of a session is lost behind a pooler; within the transaction it holds.
    this.#limit = pooler === "none" ? "" : `; SET LOCAL statement_timeout = ${statementTimeoutMs}`;
    this.#rowSecurity = new RowSecurity(parts.rowSecurity);
    const inTransaction: ReadInTransaction = (from, work, options) => this.#transactionOnce(from, work, options);
    this.#replica = replica && new Replica({ ...replica, primary: this, runner: this.#runner, inTransaction });
  }

  get maxTransactions(): number {
    return this.#pool.size;
  }

  get poolUse(): PoolUse {
    return this.#pool.poolUse;
  }

  get lagging(): Executor {
    return this.#replica ?? this;
  }

  async all(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    this.#refuseClosed();
    const read = () => this.#pool.use((client) => this.#runner.all(client, query, values));
    if (!query.readOnly) return this.#change((client) => this.#runner.all(client, query, values));
    try {
      return await read();
    } catch (error) {
      // A connection of the pool may have died since it was last used; reading twice does no harm.
      if (!isLostConnection(error)) throw error;
      return read();
    }
  }

  async run(query: Query, values: readonly unknown[]): Promise<number> {
    this.#refuseClosed();
    return this.#change((client) => this.#runner.run(client, query, values));
  }

  async transaction<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (options.readOnly === true) return this.#readInTransaction(work, options);
    this.#ownership.refuseInside();
    for (let left = options.retries ?? 0; ; left -= 1) {
      try {
        return await this.#transactionOnce(this.#pool, work, options);
      } catch (error) {
        const collided = error instanceof TransactionError && error.code === "SERIALIZATION_FAILED";
        if (!collided || left <= 0) throw error;
      }
    }
  }

  hasRowSecurity(): Promise<boolean> {
    this.#refuseClosed();
    return this.#rowSecurity.isOn((query, values) => this.all(query, values));
  }

  backupPort(tools: BackupTools): BackupPort {
    return new PostgresBackup({ url: this.#url, tools, engine: this });
  }

  /**
   * Closes every connection while `work` runs, and opens new ones whatever comes of it. Statements wait meanwhile.
   * @throws {BusyError} when a statement or transaction that is running does not end in time
   */
  async whileClosed<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    this.#ownership.refuseInside();
    return this.#pool.whileClosed(work).finally(() => this.#rowSecurity.forget());
  }

  async openSource(): Promise<Source> {
    const client = await this.#connect();
    this.#pool.liftLimit(client);
    return openPostgresSource(client);
  }

  readApart<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    this.#refuseClosed();
    return this.#pool.apart((pool) => this.#transactionOnce(pool, work, { readOnly: true }));
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#pool.end(), this.#replica?.close()]).then(() => undefined);
    return this.#closing;
  }

  /** Runs a statement that commits by itself. */
  #change<T>(send: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    this.#ownership.refuseInside();
    return this.#pool.use(async (client) => {
      try {
        return await send(client);
      } catch (error) {
        throw afterSending(error);
      }
    });
  }

  /** As a single read, it is repeated once when its connection was lost. */
  async #readInTransaction<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const read = () => this.#transactionOnce(this.#pool, work, options);
    try {
      return await read();
    } catch (error) {
      if (!isLostConnection(error) && !isOutcomeUnknown(error)) throw error;
      return read();
    }
  }

  async #transactionOnce<T>(
    pool: ConnectionPool,
    work: (executor: TransactionExecutor) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    this.#refuseClosed();
    const { client, connection } = await this.#begun(pool, options);
    let healthy = false;
    try {
      try {
        const open = new OpenTransaction(connection, { company: options.company ?? null });
        const result = await this.#ownership.run(() => open.finish(work));
        await commit(connection);
        healthy = true;
        return result;
      } catch (error) {
        healthy = await rolledBack(connection);
        throw healthy && isMissingRight(error) ? await explainMissingRight(client, error) : error;
      }
    } finally {
      // A connection whose transaction could not be ended is not used again.
      client.release(!healthy);
    }
  }

  /** Begins a transaction; on another connection where the first was lost before anything was sent but that. */
  async #begun(pool: ConnectionPool, options: TransactionOptions) {
    for (let isRepeated = false; ; isRepeated = true) {
      const client = await pool.connect();
      try {
        const connection = this.#connection(pool, client);
        await this.#begin(connection, options);
        return { client, connection };
      } catch (error) {
        client.release(true);
        if (isRepeated || !isLostConnection(error)) throw error;
      }
    }
  }

  /** Begins a transaction and confines it, in one message. */
  async #begin(
    connection: TransactionConnection,
    { isolation = "read committed", readOnly = false, company = null }: TransactionOptions,
  ): Promise<void> {
    const begin = `BEGIN ISOLATION LEVEL ${isolation}${readOnly ? " READ ONLY" : ""}${this.#limit}`;
    if (company === null || !(await connection.hasRowSecurity())) return connection.control(begin);
    return connection.control(`${begin}; ${confine(company)}`, `${begin}; ${confine(null)}`);
  }

  #connect(): Promise<pg.PoolClient> {
    this.#refuseClosed();
    return this.#pool.connect();
  }

  #connection(pool: ConnectionPool, client: pg.PoolClient): TransactionConnection {
    const script = async (sql: string) => {
      try {
        await client.query(sql);
      } catch (error) {
        throw translatePostgresError(error);
      }
    };
    const all = (query: Query, values: readonly unknown[]) => this.#runner.all(client, query, values);
    const run = (query: Query, values: readonly unknown[]) => this.#runner.run(client, query, values);
    return {
      all,
      run,
      script,
      liftTimeLimit: async () => {
        pool.liftLimit(client);
        await script("SET LOCAL statement_timeout = 0");
      },
      load: (rows) => loadRows(client, rows),
      insertRows: async (target, rows) => {
        // COPY refuses a table whose policies hold for the role.
        if (await this.#rowSecurity.holdsFor(target.table, all)) await insertInStatements(target, rows, run);
        else await copyRows(client, target, rows);
      },
      control: (sql, shown) => this.#runner.control(client, sql, shown),
      hasRowSecurity: () => this.#rowSecurity.isOn(all),
      confine,
    };
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new DatabaseConnectionError("CLOSED");
  }
}

async function commit(connection: TransactionConnection): Promise<void> {
  try {
    await connection.control("COMMIT");
  } catch (error) {
    throw afterSending(error);
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
