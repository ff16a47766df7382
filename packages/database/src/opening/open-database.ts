import { openEngine } from "../engines/open.ts";
import type { EngineWarning } from "../engines/port/engine.ts";
import { MigrationError } from "../errors/index.ts";
import { type MasterKeys, openBreachedPasswordList } from "../cryptography/index.ts";
import { type ApplicationMigration, applyPending, hasPending } from "../migrations/application-migrations.ts";
import { getMigrationStatus, migrate } from "../migrations/migrator.ts";
import { type AccountPolicy, defaultAccountPolicy } from "../database/account-policy.ts";
import { defaultSurfacePolicy, type SurfacePolicy } from "../database/surface-policy.ts";
import { type Clock, systemClock } from "../database/clock.ts";
import { type QuotaLimits, quotaLimits } from "../database/quota-limits.ts";
import { Database } from "../database/handle.ts";
import type { TableDefinition } from "../schema/kit/index.ts";
import { registerTables, type SchemaWith, type TableRegistry } from "../schema/registry.ts";
import type { Schema } from "../schema/tables.ts";
import { parseInput } from "../validation/input.ts";
import { requireNeverThere } from "./remains.ts";
import { filesOf, secretsFor } from "./secrets.ts";

/** How a database is opened. */
export interface OpenOptions<Own extends readonly TableDefinition[] = readonly []> {
  /**
   * What to do about pending migrations: `apply` them, `refuse` to open the database, or `ignore` them, for tools that
   * look at a database as it is. Default `apply`.
   */
  migrations?: "apply" | "refuse" | "ignore";
  /**
   * Tables of an application's own, each after those it refers to: queries know them, their rows are decoded, health
   * checks compare them and copies include them. Their `ownMigrations` make them. Default none.
   */
  tables?: Own;
  /** Migrations of an application's own, in order, which are treated as `migrations` says. Default none. */
  ownMigrations?: readonly ApplicationMigration[];
  /**
   * SQLite: whether to make the file where there is none; if not, that is CONNECTION_FAILED. It also is where something shows that
   * there was one: its log, its key file in the usual place, or one of the `remains`; with `anew` only its log. Default true.
   */
  createFile?: boolean | "anew";
  /**
   * SQLite: files of a database that was there before, and folders in which it left something, such as its backups. Those that lie
   * elsewhere than beside the database may be another's, and do not count. Default none.
   */
  remains?: readonly string[];
  /** Where the time comes from. Default the machine's clock. */
  clock?: Clock;
  /**
   * The keys that secrets at rest are encrypted with. Default: those of `keyFile`.
   */
  keys?: MasterKeys;
  /**
   * File that holds the keys, made with mode 0600 when a secret is first stored. Default on SQLite: beside the
   * database, `ghost.key` for `ghost.db`; none on PostgreSQL, whose machines have to share one.
   */
  keyFile?: string;
  /**
   * File with passwords that are known from breaches, none of which anybody may choose: SHA-1 digests in hexadecimal, a line
   * each, in their order. Default none; the 49,000 commonest passwords are always refused.
   */
  breachedPasswordsFile?: string;
  /** How many rows and MiB may be stored for one user and for one company, scans so far. Default 20000 and 4096, 200000 and 20480. */
  quotas?: Partial<QuotaLimits>;
  /**
   * What accounts and keys are held to: `keyDays` (default 90), after which an API key ends unless told otherwise;
   * `longestKeyDays` (default 365); `keysWithoutEnd` (default false), whether one may be made that never ends;
   * `twoFactorRoles` (default none), which have to have a second factor `twoFactorFrom` a time on, accounts once they are
   * `twoFactorGraceDays` (default 7) old; `firstPasswordDays` (default 3), after which a password that an administrator chose ends;
   * `lockoutFailures` (default 5) within `lockoutWindowMinutes` (default 15), after which sign-in to an e-mail address is refused
   * for `firstLockoutMinutes` (default 2) and more, up to `longestLockoutMinutes` (default 30).
   */
  accountPolicy?: Partial<AccountPolicy>;
  /**
   * What findings are held to: `longestAcceptanceDays` (default 365), for which a risk may be accepted at most; `heldFromFindings`
   * (default 20) and `heldFromPercent` (default 60) of what was open, from which on closings of an import wait for somebody to confirm
   * them.
   */
  surfacePolicy?: Partial<SurfacePolicy>;
  /** SQLite: how long to wait for another connection's lock, in milliseconds. Default 5000. */
  busyTimeoutMs?: number;
  /** SQLite: `full` survives a power cut with every commit, `normal` may lose the last ones. Default `full`. */
  synchronous?: "full" | "normal";
  /**
   * Whether to keep how long the handle's statements take, for `getPerformanceStats` and `getSlowQueries`. Default true.
   */
  performanceLog?: boolean;
  /** PostgreSQL: most connections that are open at once. Default 10. */
  maxConnections?: number;
  /** PostgreSQL: longest wait for a connection, in milliseconds. Default 5000. */
  connectTimeoutMs?: number;
  /** PostgreSQL: longest time that one statement may run, in milliseconds; 0 is no limit. Default 30000. */
  statementTimeoutMs?: number;
  /**
   * PostgreSQL: what stands before the server. `transaction`: a pooler in transaction mode, such as PgBouncer;
   * `transaction-prepared`: one that follows prepared statements (PgBouncer from 1.21 on). Default `none`.
   */
  pooler?: "none" | "transaction" | "transaction-prepared";
  /** PostgreSQL: a streaming replica for `forLaggingReads`. Default none. */
  readUrl?: string;
  /** PostgreSQL: how far behind the replica may be before the primary is read, in milliseconds. Default 10000. */
  readMaxLagMs?: number;
  /**
   * PostgreSQL: whether the database itself keeps a caller who reaches one company from the rows of the others. `auto`: where
   * the role neither owns the tables nor may bypass row security, for else it would do nothing. Default `auto`.
   */
  rowSecurity?: "auto" | "off";
  /**
   * Told, in words for an operator, of what should be known though nothing failed: that PostgreSQL gives fewer connections
   * than `maxConnections`. Default nobody.
   */
  onWarning?: (warning: EngineWarning) => void;
}

/** Where a database is unless a URL says otherwise. */
export const defaultDatabaseUrl = "sqlite:data/ghost.db";

async function settleMigrations(
  db: Database,
  wish: NonNullable<OpenOptions["migrations"]>,
  own: readonly ApplicationMigration[],
): Promise<void> {
  if (wish === "ignore") return;
  if (wish === "apply") {
    await migrate(db);
    await applyPending(db, own);
    return;
  }
  const { pending } = await getMigrationStatus(db);
  if (pending.length > 0 || (await hasPending(db, own))) throw new MigrationError("SCHEMA_OUTDATED");
}

/**
 * Opens a database by its URL and brings its schema up to date. A SQLite file that does not exist is made, unless something
 * shows that it did.
 *
 * @param url `sqlite:relative/path.db`, `sqlite:/absolute/path.db`, `sqlite::memory:` or
 *   `postgres://user:password@host:port/name?sslmode=…&sslrootcert=…`, where another machine is held to
 *   `sslmode=verify-full` unless the URL says otherwise; `schema=…` names the schema of the tables. Default `sqlite:data/ghost.db`
 * @param options see `OpenOptions`
 * @returns the handle that every function takes first; close it when done
 * @throws {ValidationError} INVALID_INPUT when a URL is of another kind, or malformed, and for `tables` and migrations of
 *   your own that do not fit
 * @throws {DatabaseConnectionError} CONNECTION_FAILED when the database cannot be reached or its file is lost, CORRUPT when it is damaged
 * @throws {DatabaseError} FILE_UNUSABLE when `breachedPasswordsFile` cannot be read, or is no such list
 * @throws {MigrationError} SCHEMA_NEWER, MIGRATION_EDITED, MIGRATION_FAILED; SCHEMA_OUTDATED with `migrations: "refuse"`
 * @example
 * const other = await openDatabase("sqlite::memory:");
 * await other.close();
 */
export async function openDatabase<const Own extends readonly TableDefinition[] = readonly []>(
  url: string = defaultDatabaseUrl,
  options: OpenOptions<Own> = {},
): Promise<Database<SchemaWith<Own>>> {
  const db = await openWithTables<SchemaWith<Own>>(url, registerTables(options.tables), options);
  try {
    await settleMigrations(db as unknown as Database, options.migrations ?? "apply", options.ownMigrations ?? []);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Opens a database as one of these tables, which may be those of an older schema, and leaves its schema as it is. */
export async function openWithTables<DB = Schema>(
  url: string,
  tables: TableRegistry,
  options: Omit<OpenOptions, "tables"> = {},
): Promise<Database<DB>> {
  const { clock = systemClock, breachedPasswordsFile: list, createFile = true, remains = [], ...rest } = options;
  const quotas = parseInput(quotaLimits, options.quotas ?? {}, { field: "quotas" });
  const files = filesOf(url, options);
  const keys = options.keyFile === undefined ? files.keys : undefined;
  await requireNeverThere(url, { keys, remains }, { anew: createFile === "anew" });
  const breachedPasswords = list === undefined ? undefined : await openBreachedPasswordList(list);
  const connection = await openEngine(url, tables, { ...rest, createFile: createFile !== false });
  const secrets = secretsFor(url, options);
  const accountPolicy = { ...defaultAccountPolicy, ...options.accountPolicy };
  const surfacePolicy = { ...defaultSurfacePolicy, ...options.surfacePolicy };
  return new Database<DB>({
    connection,
    clock,
    secrets,
    breachedPasswords,
    quotas,
    accountPolicy,
    surfacePolicy,
    files,
  });
}
