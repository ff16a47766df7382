// Not the global of this name, which is looked up anew each time: that would cost as much as the rest of the log.
import { performance } from "node:perf_hooks";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Query, ResultRow } from "../../port/engine.ts";
import type { TableRegistry } from "../../../schema/registry.ts";
import type { PerformanceLog, StatementTimes } from "../../shared/performance-log.ts";
import { rowConstructor, type RowConstructor } from "../../shared/row-constructor.ts";
import { isBusy, ofFile } from "./errors.ts";
import { identityOf } from "../connect/file-identity.ts";
import { openExisting } from "../connect/open-existing.ts";
import { decoderFor, encodeValue, kindOfOrigin } from "./values.ts";

interface PreparedStatement {
  readonly statement: StatementSync;
  /** Undefined for statements that return no rows. */
  readonly construct: RowConstructor | undefined;
  /** Undefined where the handle keeps no times. */
  readonly times: StatementTimes | undefined;
}

interface SqliteConnectionOptions {
  readonly pragmas: readonly string[];
  /** The tables that rows are decoded by. */
  readonly tables: TableRegistry;
  /** Where the times of the statements are kept; undefined for nowhere. */
  readonly log?: PerformanceLog | undefined;
}

/** Statements kept prepared on one connection; the oldest goes first. */
const statementCacheSize = 300;

/** One SQLite connection with its prepared statements. Synchronous, and never waits for a lock. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, PreparedStatement>();
  readonly #log: PerformanceLog | undefined;
  readonly #tables: TableRegistry;
  /** For what goes wrong with it; undefined in memory. */
  readonly #file: string | undefined;
  /** Which file it is that is open, whatever lies under its name later; undefined in memory. */
  readonly fileIdentity: string | undefined;

  constructor(location: string, { pragmas, log, tables }: SqliteConnectionOptions) {
    this.#log = log;
    this.#tables = tables;
    this.#file = location.startsWith("file:") ? undefined : location;
    this.#database = this.#named(() => openExisting(location, { timeout: 0, enableDoubleQuotedStringLiterals: false }));
    try {
      this.#named(() => {
        for (const pragma of pragmas) this.#database.exec(`PRAGMA ${pragma}`);
      });
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.fileIdentity = identityOf(location);
  }

  all(query: Query, values: readonly unknown[]): ResultRow[] {
    const prepared = this.#prepare(query);
    const { times } = prepared;
    if (times === undefined) return this.#named(() => fetchRows(prepared, values));
    const started = performance.now();
    try {
      const rows = fetchRows(prepared, values);
      this.#log?.add(times, performance.now() - started, rows.length);
      return rows;
    } catch (error) {
      this.#noteFailure(times, started, error);
      throw ofFile(error, this.#file);
    }
  }

  run(query: Query, values: readonly unknown[]): number {
    const prepared = this.#prepare(query);
    const { times } = prepared;
    if (times === undefined) return this.#named(() => countChanges(prepared, values));
    const started = performance.now();
    try {
      const changes = countChanges(prepared, values);
      this.#log?.add(times, performance.now() - started, changes);
      return changes;
    } catch (error) {
      this.#noteFailure(times, started, error);
      throw ofFile(error, this.#file);
    }
  }

  script(sql: string): void {
    this.#named(() => this.#database.exec(sql));
    this.#prepared.clear();
  }

  /** Runs a statement that opens or ends a transaction. */
  control(sql: string): void {
    const started = performance.now();
    this.#named(() => this.#database.exec(sql));
    this.#log?.add(this.#log.timesOf(sql), performance.now() - started, 0);
  }

  /** Tells how SQLite would run a statement, a line for each step; its parameters are NULL. */
  explain(sql: string): string[] {
    const rows = this.#database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return rows.map(({ detail }) => String(detail));
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    this.#prepared.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(query: Query): PreparedStatement {
    const known = this.#prepared.get(query.sql);
    if (known !== undefined) return known;
    const statement = this.#named(() => this.#database.prepare(query.sql));
    const columns = statement.columns();
    const construct = columns.length === 0 ? undefined : constructorFor(columns, query, this.#tables);
    const prepared = { statement, construct, times: this.#log?.timesOf(query.sql) };
    if (prepared.construct !== undefined) statement.setReturnArrays(true);
    this.#keep(query, prepared);
    return prepared;
  }

  /** Errors that name the file. */
  #named<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw ofFile(error, this.#file);
    }
  }

  /** A lock held by another is no failure of the statement: it will be tried again. */
  #noteFailure(times: StatementTimes, started: number, error: unknown): void {
    if (!isBusy(error)) this.#log?.addFailure(times, performance.now() - started);
  }

  #keep(query: Query, prepared: PreparedStatement): void {
    if (!query.recurring) return;
    if (this.#prepared.size >= statementCacheSize) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    this.#prepared.set(query.sql, prepared);
  }
}

function fetchRows({ statement, construct }: PreparedStatement, values: readonly unknown[]): ResultRow[] {
  const parameters = values.map(encodeValue);
  if (construct === undefined) {
    statement.run(...parameters);
    return [];
  }
  // all() finishes the statement; an unfinished one would keep its snapshot and hold up checkpoints.
  return (statement.all(...parameters) as unknown as unknown[][]).map(construct);
}

function countChanges({ statement, construct }: PreparedStatement, values: readonly unknown[]): number {
  const parameters = values.map(encodeValue);
  if (construct === undefined) return Number(statement.run(...parameters).changes);
  return statement.all(...parameters).length;
}

function constructorFor(
  columns: ReturnType<StatementSync["columns"]>,
  query: Query,
  tables: TableRegistry,
): RowConstructor {
  return rowConstructor(
    columns.map(({ name, table, column }) => ({
      name,
      decode: decoderFor(query.computed?.[name] ?? kindOfOrigin(tables, table, column)),
    })),
    tables.propertyOf,
  );
}
