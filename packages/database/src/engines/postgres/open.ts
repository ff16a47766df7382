import pg from "pg";
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
}

/** How long an unused connection is kept, in milliseconds. */
const idleTimeoutMs = 30_000;

function openPool(url: string, options: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "nerve",
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    types: valueParsers,
    keepAlive: true,
    // The second: a server may be set to read backslashes in plain strings, and then text ends elsewhere than we think.
    options: "-c timezone=UTC -c standard_conforming_strings=on",
  });
  // An idle connection that breaks has left the pool already; the next statement opens another.
  pool.on("error", () => undefined);
  // One that breaks within a transaction, between two statements: the next statement reports it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** Opens a PostgreSQL database by its URL. Nothing is connected before the first statement. */
export function openPostgres(url: string, options: PostgresOptions): PostgresEngine {
  return new PostgresEngine({
    url,
    openPool: () => openPool(url, options),
    namedStatements: options.namedStatements,
    connectTimeoutMs: options.connectTimeoutMs,
  });
}
