import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Query, ResultRow } from "../engine.ts";
import { rowConstructor, type RowConstructor } from "../row-constructor.ts";
import { decoderFor, encodeValue, kindOfOrigin } from "./values.ts";

interface PreparedStatement {
  readonly statement: StatementSync;
  /** Undefined for statements that return no rows. */
  readonly construct: RowConstructor | undefined;
}

/** Statements kept prepared on one connection; the oldest goes first. */
const statementCacheSize = 300;

/** One SQLite connection with its prepared statements. Synchronous, and never waits for a lock. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, PreparedStatement>();

  constructor(location: string, { pragmas }: { pragmas: readonly string[] }) {
    this.#database = new DatabaseSync(location, { timeout: 0, enableDoubleQuotedStringLiterals: false });
    try {
      for (const pragma of pragmas) this.#database.exec(`PRAGMA ${pragma}`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  all(query: Query, values: readonly unknown[]): ResultRow[] {
    const { statement, construct } = this.#prepare(query);
    const parameters = values.map(encodeValue);
    if (construct === undefined) {
      statement.run(...parameters);
      return [];
    }
    // all() finishes the statement; an unfinished one would keep its snapshot and hold up checkpoints.
    return (statement.all(...parameters) as unknown as unknown[][]).map(construct);
  }

  run(query: Query, values: readonly unknown[]): number {
    const { statement, construct } = this.#prepare(query);
    const parameters = values.map(encodeValue);
    if (construct === undefined) return Number(statement.run(...parameters).changes);
    return statement.all(...parameters).length;
  }

  script(sql: string): void {
    this.#database.exec(sql);
    this.#prepared.clear();
  }

  /** Runs a statement that opens or ends a transaction. */
  control(sql: string): void {
    this.#database.exec(sql);
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
    const statement = this.#database.prepare(query.sql);
    const columns = statement.columns();
    const prepared = { statement, construct: columns.length === 0 ? undefined : constructorFor(columns, query) };
    if (prepared.construct !== undefined) statement.setReturnArrays(true);
    this.#keep(query, prepared);
    return prepared;
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

function constructorFor(columns: ReturnType<StatementSync["columns"]>, query: Query): RowConstructor {
  return rowConstructor(
    columns.map(({ name, table, column }) => ({
      name,
      decode: decoderFor(query.computed?.[name] ?? kindOfOrigin(table, column)),
    })),
  );
}
