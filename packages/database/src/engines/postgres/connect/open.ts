import type { EngineWarning } from "../../port/engine.ts";
import type { TableRegistry } from "../../../schema/registry.ts";
import { PerformanceLog } from "../../shared/performance-log.ts";
import { PostgresEngine, type Pooler } from "../run/engine.ts";
import { parsePostgresUrl } from "./location.ts";
import { openPool, type PoolOptions } from "../run/pool.ts";

export interface PostgresOptions {
  readonly tables: TableRegistry;
  /** Most connections that a pool opens. */
  readonly maxConnections: number;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Longest time that one statement may run, in milliseconds; 0 is no limit. */
  readonly statementTimeoutMs: number;
  readonly pooler: Pooler;
  /** URL of a streaming replica for reads that may lag. */
  readonly readUrl: string | undefined;
  /** How far behind it may be, in milliseconds. */
  readonly readMaxLagMs: number;
  /** Whether companies' transactions are confined where policies hold for the role. */
  readonly rowSecurity: "auto" | "off";
  /** Whether to keep the times of the statements. */
  readonly performanceLog: boolean;
  /** Told of what an operator should know, though nothing fails. */
  readonly warn: (warning: EngineWarning) => void;
}

/**
 * Opens a PostgreSQL database by its URL. Nothing is connected before the first statement.
 * @throws {ValidationError} INVALID_INPUT for `url` or `readUrl` when one is malformed, or names a file that cannot be read
 */
export async function openPostgres(url: string, options: PostgresOptions): Promise<PostgresEngine> {
  const { readUrl, readMaxLagMs, pooler, statementTimeoutMs, maxConnections, connectTimeoutMs, warn } = options;
  const poolOptions: PoolOptions = {
    maxConnections,
    connectTimeoutMs,
    statementTimeoutMs,
    warn,
    session: pooler === "none" ? sessionOptions(statementTimeoutMs) : undefined,
  };
  const location = parsePostgresUrl(url);
  const readLocation = readUrl === undefined ? undefined : parsePostgresUrl(readUrl, "readUrl");
  const pool = await openPool(location, poolOptions);
  const replica = readLocation && { pool: await openPool(readLocation, poolOptions), maxLagMs: readMaxLagMs };
  const performance = new PerformanceLog();
  return new PostgresEngine({ ...options, url, pool, replica, performance });
}

/** Text and times are read as these say, whatever the server or the role is set to. */
function sessionOptions(statementTimeoutMs: number): PoolOptions["session"] {
  return {
    statement_timeout: statementTimeoutMs,
    options: "-c timezone=UTC -c datestyle=ISO -c standard_conforming_strings=on",
  };
}
