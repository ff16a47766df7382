import { BusyError, DatabaseConnectionError } from "../../../errors/index.ts";
import type { TableRegistry } from "../../../schema/registry.ts";
import type { BackupPort } from "../../port/backup.ts";
import type { Engine, Executor, Query, ResultRow, TransactionExecutor, TransactionOptions } from "../../port/engine.ts";
import { Mutex, settledWithin } from "../../shared/mutex.ts";
import { OpenTransaction, type TransactionConnection } from "../../shared/open-transaction.ts";
import { TransactionOwnership } from "../../shared/ownership.ts";
import type { PerformanceLog } from "../../shared/performance-log.ts";
import type { Source } from "../../port/source.ts";
import type { UpkeepPort } from "../../port/upkeep.ts";
import { SqliteBackup } from "../backup/backup.ts";
import { sqliteBuilder } from "./builder.ts";
import { loadRows } from "../moving/bulk-load.ts";
import type { Checkpointer } from "./checkpointer.ts";
import type { SqliteConnection } from "./connection.ts";
import { sqliteDialect } from "./dialect.ts";
import { insertInStatements } from "./insert-rows.ts";
import type { SqliteLocation } from "../connect/location.ts";
import { retryWhileBusy } from "./retry.ts";
import { openSqliteSource } from "../moving/source.ts";
import { type ThreadPlace, warmThreadConnection, withThreadConnection } from "./thread-connection.ts";
import { SqliteUpkeep } from "../upkeep/upkeep.ts";

/** The open connections of a database, and the thread beside them. */
export interface SqliteConnections {
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  /** Undefined for a database in memory, which has no write-ahead log. */
  readonly checkpointer: Checkpointer | undefined;
}

interface SqliteEngineParts {
  readonly tables: TableRegistry;
  readonly location: SqliteLocation;
  readonly performance: PerformanceLog;
  readonly connections: SqliteConnections;
  /** Opens the connections again, after they were closed for a while. */
  readonly open: () => Promise<SqliteConnections>;
  /** How long to wait for a lock, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** How a thread opens a connection for large transactions; undefined for a database in memory, which only this one sees. */
  readonly threadPlace: ThreadPlace | undefined;
}

/**
 * SQLite with one writer and one reader connection on the calling thread. Reads never wait for an open transaction;
 * writes and transactions take turns.
 */
export class SqliteEngine implements Engine {
  readonly name = "sqlite";
  readonly maxTransactions = 1;
  readonly tables: TableRegistry;
  readonly builder = sqliteBuilder();
  readonly dialect = sqliteDialect;
  readonly performance: PerformanceLog;
  readonly upkeep: UpkeepPort;
  readonly poolUse = { total: 0, idle: 0, waiting: 0 };
  readonly #parts: SqliteEngineParts;
  #connections: SqliteConnections;
  /** Ends when the connections are open again. */
  #pause: Promise<void> | undefined;
  readonly #writing = new Mutex();
  readonly company = null;
  readonly #ownership = new TransactionOwnership();
  #closing: Promise<void> | undefined;

  constructor(parts: SqliteEngineParts) {
    this.#parts = parts;
    this.tables = parts.tables;
    this.#connections = parts.connections;
    this.performance = parts.performance;
    this.upkeep = new SqliteUpkeep({ place: parts.location, engine: this, lockTimeoutMs: parts.busyTimeoutMs });
  }

  /** Which file is open, whatever lies under its name by now; undefined in memory. */
  get fileIdentity(): string | undefined {
    return this.#connections.writer.fileIdentity;
  }

  /** Tells how SQLite would run a statement. */
  explain(sql: string): string[] {
    this.#refuseClosed();
    return this.#connections.reader.explain(sql);
  }

  /** Keeps this handle from writing while `work` writes by another connection; whoever writes here waits meanwhile. */
  async whileWritersWait<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.#lock();
    try {
      return await work();
    } finally {
      this.#afterWrite(release);
    }
  }

  get lagging(): this {
    return this;
  }

  async all(query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    if (!query.readOnly) return this.#write((writer) => writer.all(query, values));
    this.#refuseClosed();
    if (this.#pause !== undefined) await this.#waitFor(this.#pause);
    const { reader } = this.#connections;
    return retryWhileBusy(() => reader.all(query, values), this.#parts.busyTimeoutMs);
  }

  run(query: Query, values: readonly unknown[]): Promise<number> {
    return this.#write((writer) => writer.run(query, values));
  }

  readApart<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    return work(this);
  }

  /** The file has no roles to tell apart. */
  hasRowSecurity(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async transaction<T>(
    work: (executor: TransactionExecutor) => Promise<T>,
    { company = null, large = false }: TransactionOptions = {},
  ): Promise<T> {
    const { busyTimeoutMs, threadPlace } = this.#parts;
    if (large && threadPlace !== undefined) await warmThreadConnection();
    const release = await this.#lock();
    const { writer } = this.#connections;
    const run = async (connection: TransactionConnection) => {
      await connection.control("BEGIN IMMEDIATE");
      const open = new OpenTransaction(connection, { company });
      const result = await this.#ownership.run(() => open.finish(work));
      await connection.control("COMMIT");
      return result;
    };
    try {
      if (large && threadPlace !== undefined) return await withThreadConnection(threadPlace, run);
      try {
        return await run(transactionConnection(writer, busyTimeoutMs));
      } finally {
        // SQLite has rolled back by itself after some errors, a full disk among them.
        if (writer.inTransaction) writer.control("ROLLBACK");
      }
    } finally {
      this.#afterWrite(release);
    }
  }

  openSource(): Promise<Source> {
    this.#refuseClosed();
    return openSqliteSource(this.#parts.location);
  }

  backupPort(): BackupPort {
    return new SqliteBackup({ place: this.#parts.location, engine: this });
  }

  /** Until the returned function is called, checkpoints never hold up writers. */
  holdCheckpoints(): () => void {
    return this.#connections.checkpointer?.hold() ?? (() => undefined);
  }

  /**
   * Closes every connection while `work` runs, and opens them again whatever comes of it. Statements wait meanwhile.
   * @throws {BusyError} when an open transaction does not end in time
   */
  async whileClosed<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.#lock();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pause = promise;
    try {
      await this.#closeConnections();
      try {
        return await work();
      } finally {
        await this.#reopen();
      }
    } finally {
      this.#pause = undefined;
      resolve();
      release();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const release = await this.#writing.acquire(this.#parts.busyTimeoutMs);
    try {
      await this.#closeConnections();
    } finally {
      release();
    }
  }

  async #closeConnections(): Promise<void> {
    const { checkpointer, reader, writer } = this.#connections;
    await checkpointer?.stop();
    reader.close();
    writer.close();
  }

  async #reopen(): Promise<void> {
    try {
      this.#connections = await this.#parts.open();
    } catch (error) {
      this.#closing ??= Promise.resolve();
      throw error;
    }
  }

  async #waitFor(pause: Promise<void>): Promise<void> {
    if (!(await settledWithin(pause, this.#parts.busyTimeoutMs))) throw new BusyError();
  }

  async #write<T>(action: (writer: SqliteConnection) => T): Promise<T> {
    const release = await this.#lock();
    const { busyTimeoutMs } = this.#parts;
    const { writer } = this.#connections;
    try {
      return await retryWhileBusy(() => action(writer), busyTimeoutMs);
    } finally {
      this.#afterWrite(release);
    }
  }

  #afterWrite(release: () => void): void {
    this.#connections.checkpointer?.noteWrite();
    release();
  }

  #lock(): (() => void) | Promise<() => void> {
    this.#refuseClosed();
    const free = this.#writing.tryAcquire();
    if (free !== undefined) return free;
    this.#ownership.refuseInside();
    return this.#writing.acquire(this.#parts.busyTimeoutMs);
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new DatabaseConnectionError("CLOSED");
  }
}

function transactionConnection(writer: SqliteConnection, busyTimeoutMs: number): TransactionConnection {
  const run: TransactionConnection["run"] = (query, values) =>
    retryWhileBusy(() => writer.run(query, values), busyTimeoutMs);
  return {
    all: (query, values) => retryWhileBusy(() => writer.all(query, values), busyTimeoutMs),
    run,
    load: (rows) => loadRows(run, rows),
    script: (sql) => retryWhileBusy(() => writer.script(sql), busyTimeoutMs),
    // There is none.
    liftTimeLimit: () => Promise.resolve(),
    insertRows: (target, rows) =>
      insertInStatements(target, rows, (query, values) =>
        retryWhileBusy(() => writer.run(query, values), busyTimeoutMs),
      ),
    control: (sql) => retryWhileBusy(() => writer.control(sql), busyTimeoutMs),
    hasRowSecurity: () => Promise.resolve(false),
    confine: () => "",
  };
}
