import { statSync } from "node:fs";
import { DatabaseConnectionError, DatabaseError } from "../../../errors/index.ts";
import { type Thread, threadModule, withThread } from "../../../threads/thread.ts";
import type { Executor, Query } from "../../port/engine.ts";
import type {
  DamageReport,
  DatabaseSize,
  Examiner,
  Fault,
  OrphanReport,
  RowCounts,
  TableState,
  UnknownObject,
  UpkeepPort,
  UpkeepStep,
} from "../../port/upkeep.ts";
import { probeFolderOf, requireVacuumSpace } from "../connect/disk-space.ts";
import { translateSqliteError } from "../run/errors.ts";
import { identityOf } from "../connect/file-identity.ts";
import type { SqliteLocation } from "../connect/location.ts";
import { expectedTable } from "../schema/schema-state.ts";
import { entriesQuery, type Entry, unknownAmong } from "../schema/unknown-objects.ts";

const readSomething: Query = {
  sql: `SELECT count(*) AS "found" FROM "sqlite_schema"`,
  readOnly: true,
  recurring: true,
};

/** What upkeep needs of an open database. */
interface OpenDatabase extends Pick<Executor, "all"> {
  /** Which file is open; undefined in memory. */
  readonly fileIdentity: string | undefined;
  /** Until the returned function is called, checkpoints never hold up writers. */
  holdCheckpoints(): () => void;
  /** Keeps the database from being written here while the work writes by another connection. */
  whileWritersWait<T>(work: () => Promise<T>): Promise<T>;
  /** Tells how a statement would run. */
  explain(sql: string): string[];
}

interface SqliteUpkeepParts {
  readonly place: SqliteLocation;
  readonly engine: OpenDatabase;
  /** How long to wait for another connection's lock, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/** Health checks and upkeep of a SQLite database, on a thread with a connection of its own. */
export class SqliteUpkeep implements UpkeepPort {
  readonly #parts: SqliteUpkeepParts;
  readonly expectedTable = expectedTable;

  constructor(parts: SqliteUpkeepParts) {
    this.#parts = parts;
  }

  async touch(): Promise<void> {
    this.#requireSameFile();
    await this.#parts.engine.all(readSomething, []);
  }

  async examine<T>(work: (examiner: Examiner) => Promise<T>): Promise<T> {
    await this.touch();
    const { place, engine } = this.#parts;
    const resume = engine.holdCheckpoints();
    try {
      return await this.#onThread({ write: false }, (thread) => work(new SqliteExaminer(thread, place)));
    } finally {
      resume();
    }
  }

  async findUnknownObjects(): Promise<readonly UnknownObject[]> {
    const query: Query = { sql: entriesQuery, readOnly: true, recurring: false };
    return unknownAmong((await this.#parts.engine.all(query, [])) as unknown as Entry[]);
  }

  explain(statements: readonly string[]): Promise<(string | null)[]> {
    const { engine } = this.#parts;
    const explainOne = (sql: string) => {
      try {
        return engine.explain(sql).join("\n");
      } catch {
        return null;
      }
    };
    return Promise.resolve(statements.map(explainOne));
  }

  async optimize(steps: readonly UpkeepStep[], onDone: (step: UpkeepStep) => void): Promise<void> {
    const { place, engine } = this.#parts;
    await this.touch();
    await this.#onThread({ write: true }, async (thread) => {
      if (steps.includes("vacuum") && place.file !== undefined) {
        const { used } = await thread.call<{ used: number }>("pageBytes", {});
        await requireVacuumSpace(place.file, used);
      }
      for (const step of steps) {
        for (const task of await tasksOf(thread, step)) {
          await engine.whileWritersWait(() => translated(thread.call("runStep", task), place.file));
        }
        onDone(step);
      }
    });
  }

  /** @throws {DatabaseConnectionError} CONNECTION_FAILED when what was opened lies under its name no more */
  #requireSameFile(): void {
    const { place, engine } = this.#parts;
    if (place.file === undefined) return;
    const identity = identityOf(place.file);
    if (identity === undefined) throw unreachable("The database file is missing.");
    if (identity !== engine.fileIdentity) throw unreachable("Another file lies in the place of the database.");
  }

  async #onThread<T>({ write }: { write: boolean }, work: (thread: Thread) => Promise<T>): Promise<T> {
    const { place, lockTimeoutMs } = this.#parts;
    return withThread(threadModule(import.meta.url, "upkeep-worker"), async (thread) => {
      await translated(thread.call("open", { location: place.location, write, lockTimeoutMs }), place.file);
      const result = await work(thread);
      await thread.call("close", {});
      return result;
    });
  }
}

function unreachable(message: string): DatabaseError {
  return new DatabaseConnectionError("CONNECTION_FAILED", { message });
}

async function translated<T>(result: Promise<T>, file?: string): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw translateSqliteError(error, file);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A database that is so damaged that the check itself fails has a fault, too. */
async function orFault<T>(result: Promise<T>, instead: (fault: Fault) => T): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof DatabaseError) || !["CORRUPT", "DATABASE_FAILED"].includes(error.code)) throw error;
    return instead({ message: error.message });
  }
}

/** Table by table, so that writers get their turn between. */
async function tasksOf(thread: Thread, step: UpkeepStep): Promise<{ step: UpkeepStep; table?: string }[]> {
  if (step !== "reindex") return [{ step }];
  const tables = await translated(thread.call<string[]>("tableNames", {}));
  return tables.map((table) => ({ step, table }));
}

class SqliteExaminer implements Examiner {
  readonly #thread: Thread;
  readonly #place: SqliteLocation;

  constructor(thread: Thread, place: SqliteLocation) {
    this.#thread = thread;
    this.#place = place;
  }

  readSchema(): Promise<readonly TableState[]> {
    return this.#run("readSchema", {});
  }

  findUnknownObjects(): Promise<readonly UnknownObject[]> {
    return this.#run("findUnknownObjects", {});
  }

  /** A copy is one of the whole file. */
  findLeftOut(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  /** What it sorts text by is part of it. */
  findOutdatedCollations(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  readTime(): Promise<null> {
    return Promise.resolve(null);
  }

  async findDamage(): Promise<DamageReport> {
    const faults = await orFault(this.#run<Fault[]>("findDamage", {}), (fault) => [fault]);
    return { faults, skipped: [] };
  }

  findOrphans(limit: number): Promise<OrphanReport> {
    const orphans = this.#run<OrphanReport>("findOrphans", { limit });
    return orFault(orphans, (fault) => ({ total: 0, orphans: [], faults: [fault] }));
  }

  countRows(options: { exact: boolean }): Promise<RowCounts> {
    return this.#run("countRows", options);
  }

  async measure(): Promise<DatabaseSize> {
    const { file } = this.#place;
    if (file === undefined) {
      const { all } = await this.#run<{ all: number }>("pageBytes", {});
      return { bytes: all, walBytes: null };
    }
    const walBytes = sizeOf(`${file}-wal`);
    return { bytes: sizeOf(file) + walBytes, walBytes };
  }

  probeStorage() {
    const { file } = this.#place;
    return file === undefined ? Promise.resolve({ writable: true, freeBytes: null }) : probeFolderOf(file);
  }

  #run<T>(task: string, input: unknown): Promise<T> {
    return translated(this.#thread.call<T>(task, input), this.#place.file);
  }
}
