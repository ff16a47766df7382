import { ValidationError } from "../errors/index.ts";
import type { TableRegistry } from "../schema/registry.ts";
import type { BackupPort, BackupTools } from "./port/backup.ts";
import type { Engine, EngineWarning } from "./port/engine.ts";
import type { Source } from "./port/source.ts";
import type { Pooler } from "./postgres/run/engine.ts";
import { SqliteBackup } from "./sqlite/backup/backup.ts";
import { parseSqliteUrl, type SqliteLocation } from "./sqlite/connect/location.ts";
import { openSqlite } from "./sqlite/connect/open.ts";
import { openSqliteSource } from "./sqlite/moving/source.ts";

/** How an engine is opened; each takes what concerns it. */
export interface EngineOptions {
  /** Default true. */
  readonly createFile?: boolean;
  /** Default 5000. */
  readonly busyTimeoutMs?: number;
  /** Default `full`. */
  readonly synchronous?: "full" | "normal";
  /** Default true. */
  readonly performanceLog?: boolean;
  /** Default 10. */
  readonly maxConnections?: number;
  /** Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Default 30000. */
  readonly statementTimeoutMs?: number;
  /** Default `none`. */
  readonly pooler?: Pooler;
  /** Default none. */
  readonly readUrl?: string;
  /** Default 10000. */
  readonly readMaxLagMs?: number;
  /** Default `auto`. */
  readonly rowSecurity?: "auto" | "off";
  /** Default nobody. */
  readonly onWarning?: (warning: EngineWarning) => void;
}

/** Which engine a URL is of, and what the engine opens. */
type EnginePlace = { engine: "sqlite"; location: SqliteLocation } | { engine: "postgres"; url: string };

/** @throws {ValidationError} INVALID_INPUT when the URL is of no engine */
function placeOf(url: string): EnginePlace {
  if (url.startsWith("sqlite:")) return { engine: "sqlite", location: parseSqliteUrl(url) };
  if (/^postgres(?:ql)?:\/\//.test(url)) return { engine: "postgres", url };
  throw new ValidationError([{ field: "url", message: "must begin with sqlite: or postgres://" }]);
}

/** Opens the engine that a URL is of, for a database of these tables. */
export async function openEngine(url: string, tables: TableRegistry, options: EngineOptions): Promise<Engine> {
  const place = placeOf(url);
  const shared = { tables, performanceLog: options.performanceLog ?? true };
  if (place.engine === "sqlite") {
    return openSqlite(place.location, {
      busyTimeoutMs: options.busyTimeoutMs ?? 5000,
      synchronous: options.synchronous ?? "full",
      createFile: options.createFile ?? true,
      ...shared,
    });
  }
  // Whoever has SQLite does without the driver of PostgreSQL.
  const { openPostgres } = await import("./postgres/connect/open.ts");
  return openPostgres(place.url, {
    maxConnections: options.maxConnections ?? 10,
    connectTimeoutMs: options.connectTimeoutMs ?? 5000,
    statementTimeoutMs: options.statementTimeoutMs ?? 30_000,
    pooler: options.pooler ?? "none",
    readUrl: options.readUrl,
    readMaxLagMs: options.readMaxLagMs ?? 10_000,
    rowSecurity: options.rowSecurity ?? "auto",
    warn: options.onWarning ?? (() => undefined),
    ...shared,
  });
}

/** Backup and restore of a database that nobody has opened, perhaps because it cannot be opened any more. */
export async function backupPortFor(url: string, tools: BackupTools): Promise<BackupPort> {
  const place = placeOf(url);
  if (place.engine === "sqlite") return new SqliteBackup({ place: place.location });
  const { PostgresBackup } = await import("./postgres/backup/backup.ts");
  return new PostgresBackup({ url: place.url, tools });
}

/** Where a URL's database lies as a file; undefined in memory and on a server. */
export function databaseFileOf(url: string): string | undefined {
  const place = placeOf(url);
  return place.engine === "sqlite" ? place.location.file : undefined;
}

/** Whether a URL is of a database that ends with the process. */
export function isInMemory(url: string): boolean {
  const place = placeOf(url);
  return place.engine === "sqlite" && place.location.file === undefined;
}

/** Opens a database for reading where no handle is needed for that; undefined where one is. */
export async function openSourceAlone(url: string): Promise<Source | undefined> {
  const place = placeOf(url);
  return place.engine === "sqlite" ? openSqliteSource(place.location) : undefined;
}
