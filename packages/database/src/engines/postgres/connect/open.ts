import type { EngineWarning } from "../../port/engine.ts";
import type { TableRegistry } from "../../../schema/registry.ts";
import { PerformanceLog } from "../../shared/performance-log.ts";
import { PostgresEngine, type Pooler } from "../run/engine.ts";
import { parsePostgresUrl, type PostgresLocation } from "./location.ts";
import { openPool, type PoolOptions } from "../run/pool.ts";
import { ValidationError } from "../../../errors/index.ts";
import { sessionOf } from "./session.ts";

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
  const poolOptions: Omit<PoolOptions, "session"> = {
    maxConnections,
    connectTimeoutMs,
    statementTimeoutMs,
    warn,
  };
  const location = parsePostgresUrl(url);
  if (location.schema !== undefined && pooler !== "none") throw refusedSchema();
  const readLocation = readUrl === undefined ? undefined : inSchemaOf(location, parsePostgresUrl(readUrl, "readUrl"));
  const sessionFor = (place: PostgresLocation) =>
    pooler === "none" ? sessionOf(place, statementTimeoutMs) : undefined;
  const poolAt = (place: PostgresLocation) => openPool(place, { ...poolOptions, session: sessionFor(place) });
  const pool = await poolAt(location);
  const replica = readLocation && { pool: await poolAt(readLocation), maxLagMs: readMaxLagMs };
  const performance = new PerformanceLog();
  return new PostgresEngine({ ...options, url, pool, replica, performance });
}

/** The same schema is read from the replica, unless its URL names one. */
function inSchemaOf(location: PostgresLocation, readLocation: PostgresLocation): PostgresLocation {
  return { ...readLocation, schema: readLocation.schema ?? location.schema };
}

/** What a session is told at its start does not come through a pooler. */
function refusedSchema(): ValidationError {
  const message =
    "names a schema, which a pooler does not pass on; set it for the role: ALTER ROLE name IN DATABASE name SET search_path = schema";
  return new ValidationError([{ field: "url", message }]);
}
