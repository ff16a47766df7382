import pg from "pg";
import { availableParallelism } from "node:os";
import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import {
  BackupError,
  BusyError,
  DatabaseConnectionError,
  DatabaseError,
  ValidationError,
} from "../../../errors/index.ts";
import type { BackupPort, BackupTools, Contents, Pausable, Replacement, ScratchDatabase } from "../../port/backup.ts";
import { quoteName } from "../../shared/ddl.ts";
import { BackupConnection, urlOfDatabase, withConnection } from "./backup-connection.ts";
import { checkArchive } from "./check-archive.ts";
import { ClientProgramError, findClientPrograms, programEnvironment, runClientProgram } from "./client-programs.ts";
import { countBeyond, readContents, schemaOf, serverVersion, tablesOf } from "./contents.ts";
import type { ArchiveLoad } from "./load-archive.ts";
import { type Beside, knownTables, readBeside } from "./left-out.ts";
import { claimName, damagedName, dropDatabase, PostgresScratch, temporaryName } from "./scratch-database.ts";
import { refuseDependents, ScratchSchema } from "./scratch-schema.ts";
import { copyProperties, swapDatabases } from "./swap-databases.ts";

/** More processes than this seldom help a restore. */
const maxJobs = 4;
/** Copies smaller than this are restored sooner by one process, in bytes. */
const parallelFrom = 64 * 1024 * 1024;
/** Less room than this after a failure is taken for its cause, in bytes. */
const fullBelow = 1024 * 1024;
/** Longest wait for the writers that are at work when a restore begins. */
const lockTimeout = "5s";

/** Backup and restore of a PostgreSQL database. */
export class PostgresBackup implements BackupPort {
  readonly extension = "dump";
  readonly workPlace = undefined;
  readonly #url: string;
  readonly #tools: BackupTools;
  readonly #engine: Pausable | undefined;

  /** @param parts `engine`: the open database; undefined when nobody has opened it here */
  constructor({ url, tools, engine }: { url: string; tools: BackupTools; engine?: Pausable }) {
    this.#url = url;
    this.#tools = tools;
    this.#engine = engine;
  }

  isLive(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async copyTo(file: string, onSnapshot: () => void): Promise<Contents> {
    return withConnection(this.#url, async (connection) => {
      const programs = await findClientPrograms(this.#tools, await serverVersion(connection));
      await connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const [row] = await connection.rows<{ snapshot: string }>("SELECT pg_export_snapshot() AS snapshot");
      onSnapshot();
      const beside = await readBeside(connection.select);
      const options = ["--format=custom", "--compress=0", "--no-password", "--lock-wait-timeout=60s"];
      const dump = runClientProgram(
        programs,
        "pg_dump",
        [...options, ...(await selectionOf(connection, beside)), `--snapshot=${row?.snapshot}`, `--file=${file}`],
        programEnvironment(connection, programs),
      );
      // Both see the same state: the rows are counted while the program copies them.
      const [contents] = await Promise.all([
        readContents(connection, beside),
        dump.catch((error: unknown) => failDump(error, file)),
      ]);
      await connection.run("COMMIT");
      return contents;
    });
  }

  inspect(): Promise<Contents> {
    return withConnection(this.#url, async (connection) => {
      await connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return readContents(connection);
    });
  }

  countBeyond(lastIds: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    return withConnection(this.#url, async (connection) => {
      await connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return countBeyond(connection, lastIds);
    });
  }

  async load(copy: string, purpose: "trial" | "restore"): Promise<ScratchDatabase> {
    const { programs, like, schema, keepsDatabase, checked } = await withConnection(this.#url, async (connection) => {
      const found = await findClientPrograms(this.#tools, await serverVersion(connection));
      const here = await schemaOf(connection);
      return {
        programs: found,
        like: connection.location.database,
        schema: here,
        // A new database would be without what is in no backup.
        keepsDatabase: purpose === "restore" && here !== null && (await isShared(connection)),
        checked: await checkArchive(found, copy, connection),
      };
    });
    const rights = purpose === "restore" ? [] : ["--no-owner", "--no-privileges"];
    const load = { programs, archive: copy, options: [...checked.selection, ...rights] };
    const url = this.#tools.maintenanceUrl ?? this.#url;
    const places = { like, url, owned: purpose === "restore" };
    const database = keepsDatabase ? null : await PostgresScratch.create(this.#maintenanceUrl(like), places);
    const scratch = database ?? (await ScratchSchema.create(this.#url));
    try {
      if (scratch instanceof ScratchSchema) {
        if (purpose === "restore") await withConnection(this.#url, refuseDependents);
        await scratch.load(load, checked.schema);
      } else {
        await runRestore(scratch, load);
        await scratch.settleIn(schema);
      }
      return scratch;
    } catch (error) {
      await scratch.discard();
      throw asUnusable(error);
    }
  }

  async replaceWith(scratch: ScratchDatabase, steps: Replacement): Promise<{ kept: string | null }> {
    if (!(scratch instanceof PostgresScratch || scratch instanceof ScratchSchema)) {
      throw new ValidationError([{ field: "path", message: "is a backup of another engine" }]);
    }
    const replace = () => this.#replace(scratch, steps);
    return this.#engine === undefined ? replace() : this.#engine.whileClosed(replace);
  }

  async #replace(
    scratch: PostgresScratch | ScratchSchema,
    { save, finish }: Replacement,
  ): Promise<{ kept: string | null }> {
    const holder = await BackupConnection.open(this.#url);
    try {
      await keepWritersOut(holder);
      if (scratch instanceof ScratchSchema) return await scratch.replace(holder, { save: () => save(this), finish });
      const live = holder.location.database;
      const maintenanceUrl = this.#maintenanceUrl(live);
      const kept = (await save(this)) ? null : damagedName(live);
      const [row] = await holder.rows<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await withConnection(maintenanceUrl, async (maintenance) => {
        await copyProperties(maintenance, live, scratch.name);
        const aside = kept ?? temporaryName();
        await claimName(maintenance, aside);
        await swapDatabases(maintenanceUrl, { live, incoming: scratch.name, aside }, row?.pid);
        try {
          await finish();
        } catch (error) {
          await swapDatabases(maintenanceUrl, { live, incoming: aside, aside: scratch.name });
          throw error;
        }
        if (kept === null) await dropDatabase(maintenance, aside);
      });
      return { kept };
    } finally {
      await holder.end();
    }
  }

  /** Databases are created and renamed from beside: nobody can rename the one that he is in. */
  #maintenanceUrl(live: string): string {
    return this.#tools.maintenanceUrl ?? urlOfDatabase(this.#url, live === "postgres" ? "template1" : "postgres");
  }
}

/** What pg_dump is to copy: the schema that NERVE is in, without what is left out of it. */
async function selectionOf(connection: BackupConnection, { relations }: Beside): Promise<string[]> {
  const schema = quoteName((await schemaOf(connection)) ?? "public");
  return [`--schema=${schema}`, ...relations.map(({ name }) => `--exclude-table=${schema}.${quoteName(name)}`)];
}

/** Functions of triggers on NERVE's own tables: `$1` are their names. */
const plantedQuery = `
  SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_trigger t ON t.tgfoid = p.oid JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1)`;

/** Whether the database holds what would be lost with it, for no backup has it. What acts on NERVE's tables is no loss. */
async function isShared(connection: BackupConnection): Promise<boolean> {
  const { relations, others } = await readBeside(connection.select);
  if (relations.length + others.length === 0) return false;
  const planted = new Set(
    (await connection.rows<{ name: string }>(plantedQuery, [knownTables])).map(({ name }) => name),
  );
  return relations.length > 0 || others.some(({ kind, name }) => kind !== "function" || !planted.has(name));
}

async function runRestore(
  scratch: PostgresScratch,
  { programs, archive, options }: Omit<ArchiveLoad, "move">,
): Promise<void> {
  const jobs = (await stat(archive)).size < parallelFrom ? 1 : Math.min(maxJobs, availableParallelism());
  const all = [`--dbname=${scratch.name}`, `--jobs=${jobs}`, "--exit-on-error", "--no-password", ...options];
  await withConnection(scratch.url, (connection) =>
    runClientProgram(programs, "pg_restore", [...all, archive], programEnvironment(connection, programs)),
  );
}

/** What the server said of a statement; nothing of what it said of a row, which holds values. */
function nameOf(cause: unknown): string {
  return cause instanceof pg.DatabaseError && cause.code?.startsWith("42") === true ? ` (${cause.message})` : "";
}

/** What keeps an archive from being restored is its fault, unless a NERVE's own word or the server's state says otherwise. */
function asUnusable(cause: unknown): unknown {
  if (cause instanceof BackupError || cause instanceof DatabaseConnectionError || cause instanceof BusyError)
    return cause;
  const said = cause instanceof DatabaseError ? nameOf(cause.cause) : inItsWords(cause);
  const message = `The backup cannot be restored${said}. It is damaged, or needs a role or an extension that this server lacks.`;
  return new BackupError("BACKUP_INVALID", { message, cause });
}

/** What is saved before a restore must be the last state: others may read meanwhile, and their writes wait. */
async function keepWritersOut(holder: BackupConnection): Promise<void> {
  try {
    await holder.run(`BEGIN; SET LOCAL lock_timeout = '${lockTimeout}'`);
    const { relations } = await readBeside(holder.select);
    const left = new Set(relations.map(({ name }) => name));
    const names = (await tablesOf(holder)).filter(({ name }) => !left.has(name)).map(({ name }) => quoteName(name));
    if (names.length > 0) await holder.run(`LOCK TABLE ${names.join(", ")} IN SHARE MODE`);
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    throw new BusyError({
      message: "Another session has been writing for too long. Stop what uses the database, then restore.",
      cause: error,
    });
  }
}

/** What the program said last, to be read after a sentence's beginning; nothing where it was not the program. */
function inItsWords(cause: unknown): string {
  const line = cause instanceof ClientProgramError ? cause.lastLine.replace(/\.$/, "") : "";
  return line === "" ? "" : ` (${line})`;
}

async function failDump(cause: unknown, file: string): Promise<never> {
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < fullBelow) throw new DatabaseConnectionError("STORAGE_FULL", { cause });
  throw new DatabaseError("BACKUP_FAILED", { message: `pg_dump failed${inItsWords(cause)}.`, cause });
}
