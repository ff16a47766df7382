import { startCheckpointer } from "./checkpointer.ts";
import { SqliteConnection } from "./connection.ts";
import { type SqliteConnections, SqliteEngine } from "./engine.ts";
import { createPrivateFile, parseSqliteUrl, type SqliteLocation } from "./location.ts";
import { retryWhileBusy } from "./retry.ts";

export interface SqliteOptions {
  /** How long to wait for another connection's lock, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** `full` survives a power cut with every commit; `normal` may lose the last ones, never the database. */
  readonly synchronous: "full" | "normal";
}

const common = ["trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY", "cache_size = -16384"];

async function openConnections(place: SqliteLocation, options: SqliteOptions): Promise<SqliteConnections> {
  const { location, file } = place;
  // Checkpoints belong to the thread of their own: on this one they would hold up every request.
  const logged = ["journal_mode = WAL", `synchronous = ${options.synchronous}`, "wal_autocheckpoint = 0"];
  const journal = file === undefined ? [] : logged;
  const open = (more: string[]) =>
    retryWhileBusy(() => {
      if (file !== undefined) createPrivateFile(file);
      return new SqliteConnection(location, { pragmas: [...common, ...more] });
    }, options.busyTimeoutMs);
  const writer = await open(journal);
  const reader = await open(["query_only = ON"]);
  return { writer, reader, checkpointer: file === undefined ? undefined : startCheckpointer(file) };
}

/** Opens a SQLite database by its URL, and makes the file where there is none. */
export async function openSqlite(url: string, options: SqliteOptions): Promise<SqliteEngine> {
  const place = parseSqliteUrl(url);
  const open = () => openConnections(place, options);
  return new SqliteEngine({ place, connections: await open(), open, busyTimeoutMs: options.busyTimeoutMs });
}
