import pg from "pg";
import { PerformanceLog } from "../performance-log.ts";
import { PostgresEngine } from "./engine.ts";
import { valueParsers } from "./values.ts";

export interface PostgresOptions {
  /** Most connections that the pool opens. */
  readonly maxConnections: number;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Longest time that one statement may run, in milliseconds; 0 is no limit. */
  readonly statementTimeoutMs: number;
  /** Whether statements are prepared by name; off for poolers that cannot follow them (PgBouncer before 1.21). */
  readonly namedStatements: boolean;
  /** Whether to keep the times of the statements. */
  readonly performanceLog: boolean;
}

/** How long an unused connection is kept, in milliseconds. */
const idleTimeoutMs = 30_000;

/** Opens a PostgreSQL database by its URL. Nothing is connected before the first statement. */
export function openPostgres(url: string, options: PostgresOptions): PostgresEngine {
  // The second: a server may be set to read backslashes in plain strings, and then text ends elsewhere than we think.
  const settings = "-c timezone=UTC -c standard_conforming_strings=on";
  const connection: pg.ClientConfig = {
    connectionString: url,
    application_name: "nerve",
    connectionTimeoutMillis: options.connectTimeoutMs,
    types: valueParsers,
    keepAlive: true,
    options: settings,
  };
  const pool = new pg.Pool({
    ...connection,
    max: options.maxConnections,
    idleTimeoutMillis: idleTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
  });
  // An idle connection that breaks has left the pool already; the next statement opens another.
  pool.on("error", () => undefined);
  // One that breaks within a transaction, between two statements: the next statement reports it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new PostgresEngine({
    pool,
    namedStatements: options.namedStatements,
    performance: new PerformanceLog(),
    performanceLog: options.performanceLog,
    longWork: { ...connection, application_name: "nerve upkeep", options: `${settings} -c statement_timeout=0` },
  });
}
