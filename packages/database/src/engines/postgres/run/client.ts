import { createHash } from "node:crypto";
import type pg from "pg";
import type { Query, ResultRow } from "../../port/engine.ts";
import type { PerformanceLog, StatementTimes } from "../../shared/performance-log.ts";
import { rowConstructor, type RowConstructor } from "../../shared/row-constructor.ts";
import { translatePostgresError } from "./errors.ts";
import { encodeValue } from "./values.ts";

/** A pool or a client of `pg`. */
interface Queryable {
  query(config: pg.QueryArrayConfig): Promise<pg.QueryArrayResult<unknown[]>>;
}

interface KnownStatement {
  /** Undefined where statements are not named, for poolers that cannot follow them. */
  readonly name: string | undefined;
  construct: RowConstructor | undefined;
  /** Undefined where the handle keeps no times. */
  readonly times: StatementTimes | undefined;
}

interface PostgresRunnerOptions {
  /** The property name of a column, by its name in SQL. */
  readonly propertyOf: (column: string) => string;
  readonly namedStatements: boolean;
  /** Where the times of the statements are kept; undefined for nowhere. */
  readonly performance: PerformanceLog | undefined;
}

/** Runs queries on connections of `pg`, with a name and a row constructor for each recurring statement. */
export class PostgresRunner {
  readonly #known = new Map<string, KnownStatement>();
  readonly #namedStatements: boolean;
  readonly #performance: PerformanceLog | undefined;
  readonly #propertyOf: (column: string) => string;

  constructor({ namedStatements, performance, propertyOf }: PostgresRunnerOptions) {
    this.#namedStatements = namedStatements;
    this.#performance = performance;
    this.#propertyOf = propertyOf;
  }

  /**
   * Runs a statement that opens or ends a transaction.
   * @param shown what it is called where times are kept
   */
  async control(on: pg.PoolClient, sql: string, shown = sql): Promise<void> {
    await this.#timed(this.#performance?.timesOf(shown), () => on.query(sql));
  }

  async all(on: Queryable, query: Query, values: readonly unknown[]): Promise<ResultRow[]> {
    const known = this.#statement(query);
    const result = await this.#send(on, query, known, values);
    if (result.rows.length === 0) return [];
    const construct = known.construct ?? constructorFor(result, this.#propertyOf);
    known.construct = construct;
    return result.rows.map(construct);
  }

  async run(on: Queryable, query: Query, values: readonly unknown[]): Promise<number> {
    const result = await this.#send(on, query, this.#statement(query), values);
    return result.rowCount ?? 0;
  }

  #send(on: Queryable, query: Query, { name, times }: KnownStatement, values: readonly unknown[]) {
    const config = { text: query.sql, values: values.map(encodeValue), rowMode: "array" as const };
    return this.#timed(times, () => on.query(name === undefined ? config : { ...config, name }));
  }

  async #timed<R extends { rowCount: number | null }>(
    times: StatementTimes | undefined,
    send: () => Promise<R>,
  ): Promise<R> {
    const started = performance.now();
    try {
      const result = await send();
      if (times !== undefined) this.#performance?.add(times, performance.now() - started, result.rowCount ?? 0);
      return result;
    } catch (error) {
      if (times !== undefined) this.#performance?.addFailure(times, performance.now() - started);
      throw translatePostgresError(error);
    }
  }

  #statement(query: Query): KnownStatement {
    const known = this.#known.get(query.sql);
    if (known !== undefined) return known;
    const named = query.recurring && this.#namedStatements;
    const statement: KnownStatement = {
      name: named ? statementName(query.sql) : undefined,
      construct: undefined,
      times: this.#performance?.timesOf(query.sql),
    };
    if (query.recurring) this.#known.set(query.sql, statement);
    return statement;
  }
}

/** The same text has the same name in every process, as a pooler that shares connections needs. */
function statementName(sql: string): string {
  return `nerve_${createHash("sha256").update(sql).digest("hex").slice(0, 24)}`;
}

function constructorFor({ fields }: pg.QueryArrayResult, propertyOf: (column: string) => string): RowConstructor {
  return rowConstructor(
    fields.map(({ name }) => ({ name, decode: undefined })),
    propertyOf,
  );
}
