import type { TableRegistry } from "../../../schema/registry.ts";
import { PerformanceLog } from "../../shared/performance-log.ts";
import { createCheckpointer } from "../run/checkpointer.ts";
import { SqliteConnection } from "../run/connection.ts";
import { type SqliteConnections, SqliteEngine } from "../run/engine.ts";
import { createPrivateFile, makeFolderOf, requireFile, type SqliteLocation } from "./location.ts";
import { retryWhileBusy } from "../run/retry.ts";

export interface SqliteOptions {
  readonly tables: TableRegistry;
  /** How long to wait for another connection's lock, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** `full` survives a power cut with every commit; `normal` may lose the last ones, never the database. */
  readonly synchronous: "full" | "normal";
  /** Whether to keep the times of the statements. */
  readonly performanceLog: boolean;
  /** Whether to make the file where there is none. */
  readonly createFile: boolean;
}

const common = ["trusted_schema = OFF", "cell_size_check = ON", "cache_size = -16384"];

/**
 * To make an index of a large table is to sort it, which would take as much memory as the index has bytes. Set from the start:
 * a connection that has used temporary storage cannot change its place within a transaction.
 */
const writing = [...common, "temp_store = FILE"];
const reading = [...common, "temp_store = MEMORY", "query_only = ON"];

/**
 * Opens a SQLite database.
 * @throws {DatabaseConnectionError} CONNECTION_FAILED when there is no file and none is to be made
 */
export async function openSqlite(place: SqliteLocation, options: SqliteOptions): Promise<SqliteEngine> {
  if (place.file !== undefined && !options.createFile) requireFile(place.file);
  const performance = new PerformanceLog();
  const open = () => openConnections(place, options, performance);
  const { busyTimeoutMs, tables } = options;
  const threadPlace =
    place.file === undefined
      ? undefined
      : { location: place.location, pragmas: [...writing, ...loggedBy(options)], busyTimeoutMs };
  const connections = await open();
  return new SqliteEngine({ location: place, performance, connections, open, busyTimeoutMs, tables, threadPlace });
}

/** Checkpoints belong to the thread of their own: on the calling one they would hold up every request. */
function loggedBy({ synchronous }: Pick<SqliteOptions, "synchronous">): string[] {
  return ["journal_mode = WAL", `synchronous = ${synchronous}`, "wal_autocheckpoint = 0"];
}

async function openConnections(
  { location, file }: SqliteLocation,
  options: SqliteOptions,
  log: PerformanceLog,
): Promise<SqliteConnections> {
  const { busyTimeoutMs, performanceLog, tables } = options;
  const journal = file === undefined ? [] : loggedBy(options);
  const open = (pragmas: string[]) =>
    retryWhileBusy(() => {
      if (file !== undefined) createPrivateFile(file);
      return new SqliteConnection(location, {
        pragmas,
        log: performanceLog ? log : undefined,
        tables,
      });
    }, busyTimeoutMs);
  if (file !== undefined) await makeFolderOf(file);
  const writer = await open([...writing, ...journal]);
  const reader = await open(reading);
  return { writer, reader, checkpointer: file === undefined ? undefined : createCheckpointer(file) };
}
