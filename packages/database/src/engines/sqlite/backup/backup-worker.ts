import { closeSync, fsyncSync, openSync } from "node:fs";
import { backup, type DatabaseSync } from "node:sqlite";
import { BackupError } from "../../../errors/index.ts";
import { type Notify, serve } from "../../../threads/serve.ts";
import type { Contents } from "../../port/backup.ts";
import { quoteName, quoteText } from "../../shared/ddl.ts";
import { openExisting } from "../connect/open-existing.ts";
import { tableNames } from "../schema/schema-state.ts";

/** Pages per step: large, since nobody waits for a step. */
const pagesPerStep = 10_000;
/** How much of the source is read through memory maps, in bytes. */
const mappedBytes = 2 ** 40;
const lockTimeoutMs = 2000;
/** Faults beyond this number help nobody. */
const maxFaults = 20;

/** The database that this thread keeps everyone else out of. */
let held: DatabaseSync | undefined;

function value(database: DatabaseSync, query: string): unknown {
  return Object.values(database.prepare(query).get() ?? {})[0];
}

/** Whether its rows are numbered in the order in which they come; a text that is called `id` tells nothing of that. */
function hasId(database: DatabaseSync, table: string): boolean {
  const query = `SELECT 1 FROM pragma_table_info(${quoteText(table)}) WHERE "name" = 'id' AND "type" = 'INTEGER'`;
  return value(database, query) !== undefined;
}

function schemaVersionOf(database: DatabaseSync, tables: readonly string[]): string | null {
  if (!tables.includes("schema_migrations")) return null;
  const newest = `SELECT max("version") FROM "schema_migrations" WHERE "version" GLOB '[0-9][0-9][0-9][0-9]'`;
  return value(database, newest) as string | null;
}

function readContents(database: DatabaseSync): Contents {
  const tables = tableNames(database);
  const rowCounts = tables.map((table) => [table, value(database, `SELECT count(*) FROM ${quoteName(table)}`)]);
  const lastIds = tables
    .filter((table) => hasId(database, table))
    .map((table) => [table, value(database, `SELECT max("id") FROM ${quoteName(table)}`)])
    .filter(([, id]) => typeof id === "number");
  return {
    engineVersion: `SQLite ${String(value(database, "SELECT sqlite_version()"))}`,
    schema: null,
    schemaVersion: schemaVersionOf(database, tables),
    rowCounts: Object.fromEntries(rowCounts) as Record<string, number>,
    lastIds: Object.fromEntries(lastIds) as Record<string, number>,
    // The copy is one of the whole file.
    leftOut: [],
  };
}

/** Runs an action with a connection of its own. */
function withDatabase<T>(location: string, action: (database: DatabaseSync) => T): T {
  const database = openExisting(location, { timeout: lockTimeoutMs });
  try {
    return action(database);
  } finally {
    database.close();
  }
}

/** Runs an action within one state of the database, whatever others write meanwhile. */
function withSnapshot<T>(database: DatabaseSync, action: () => T): T {
  database.exec("BEGIN");
  try {
    return action();
  } finally {
    database.exec("ROLLBACK");
  }
}

/**
 * Copies page by page. The open read transaction is what makes the copy end: without it, SQLite starts over whenever
 * another connection has written.
 */
async function copyFrom(source: DatabaseSync, target: string, notify: Notify): Promise<Contents> {
  source.exec(`PRAGMA mmap_size = ${mappedBytes}`);
  source.exec("BEGIN");
  try {
    value(source, `SELECT count(*) FROM "sqlite_schema"`);
    notify("snapshot");
    await backup(source, target, { rate: pagesPerStep });
  } finally {
    source.exec("ROLLBACK");
  }
  const contents = withDatabase(target, (made) => {
    // One file that needs no log beside it.
    made.exec("PRAGMA journal_mode = DELETE");
    return readContents(made);
  });
  const file = openSync(target, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return contents;
}

async function copy({ location, target }: { location: string; target: string }, notify: Notify): Promise<Contents> {
  const source = openExisting(location, { timeout: lockTimeoutMs });
  try {
    return await copyFrom(source, target, notify);
  } finally {
    source.close();
  }
}

function inspect({ location }: { location: string }): Contents {
  return withDatabase(location, (database) => withSnapshot(database, () => readContents(database)));
}

interface CountBeyond {
  readonly location: string;
  readonly lastIds: Readonly<Record<string, number>>;
}

function countBeyond({ location, lastIds }: CountBeyond): Record<string, number> {
  return withDatabase(location, (database) =>
    withSnapshot(database, () => {
      const tables = tableNames(database).filter((table) => hasId(database, table));
      const counts = tables.map((table) => {
        const query = `SELECT count(*) FROM ${quoteName(table)} WHERE "id" > ${lastIds[table] ?? 0}`;
        return [table, value(database, query)];
      });
      return Object.fromEntries(counts) as Record<string, number>;
    }),
  );
}

function check({ location }: { location: string }): Contents {
  return withDatabase(location, (database) => {
    // Every page is read once for each index that leads to it.
    database.exec(`PRAGMA mmap_size = ${mappedBytes}`);
    if (value(database, `PRAGMA integrity_check(${maxFaults})`) !== "ok") {
      throw new BackupError("BACKUP_INVALID", {
        message: "The copy is damaged: SQLite's integrity check finds faults.",
      });
    }
    if (database.prepare("PRAGMA foreign_key_check").get() !== undefined) {
      throw new BackupError("BACKUP_INVALID", { message: "The copy has rows that refer to rows it does not have." });
    }
    return readContents(database);
  });
}

/**
 * Keeps everyone else out until this thread ends, and leaves the database as one file without a log beside it. A
 * connection of any process has a shared lock for as long as it is open, so this fails while there is one.
 */
function hold({ location }: { location: string }): void {
  const database = openExisting(location, { timeout: lockTimeoutMs });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = DELETE");
    database.exec("BEGIN EXCLUSIVE; COMMIT");
  } catch (error) {
    database.close();
    throw error;
  }
  held = database;
}

function copyHeld({ target }: { target: string }, notify: Notify): Promise<Contents> {
  if (held === undefined) throw new TypeError("Nothing is held.");
  return copyFrom(held, target, notify);
}

function release(): void {
  held?.close();
  held = undefined;
}

serve({ copy, inspect, countBeyond, check, hold, copyHeld, release });
