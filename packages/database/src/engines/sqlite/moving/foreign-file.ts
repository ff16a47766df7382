import { copyFileSync, mkdtempSync, openSync, closeSync, readSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { BusyError, DatabaseConnectionError, ValidationError } from "../../../errors/index.ts";
import { describeFullDisk } from "../../../files/describe-file-error.ts";
import { isDiskFull, translateFileError } from "../../../files/errors.ts";
import { quoteName } from "../../shared/ddl.ts";
import { translateSqliteError } from "../run/errors.ts";

/** A SQLite file of another program. It is read from one moment's state and never written. */
export interface ForeignFile {
  /** What may be missing, in words for an operator. */
  readonly warnings: readonly string[];
  /** Names of its tables, in the order in which they were made. */
  readonly tables: readonly string[];
  /** Names of a table's columns; none for a table that is not there. */
  columns(table: string): readonly string[];
  count(table: string, column?: string): number;
  /** Rows as arrays of values as they are stored, whole numbers as bigint, in the order of `orderBy`. */
  rows(table: string, columns: readonly string[], orderBy: string | undefined): Iterable<readonly unknown[]>;
  /** The bytes of a text, to tell what was damaged before it was decoded. */
  bytes(table: string, column: string, key: { column: string; value: unknown }): Uint8Array | null;
  has(table: string, column: string, value: string | number): boolean;
  /** The ids of a table, whole numbers, that JavaScript's numbers do not tell apart, in their order. */
  unsafeIds(table: string, column: string): readonly bigint[];
  /** The highest id of a table that they do tell apart; 0 where there is none. */
  highestSafeId(table: string, column: string): number;
  close(): void;
}

const sideFiles = ["-wal", "-journal"];
const maxSafe = Number.MAX_SAFE_INTEGER;

/**
 * Opens a SQLite file of another program without leaving a trace beside it. A file that its program did not close
 * properly, or keeps in write-ahead mode, is copied to a temporary folder and read there.
 *
 * @throws {ValidationError} INVALID_INPUT when there is no such file
 * @throws {DatabaseConnectionError} CORRUPT when it is no SQLite database
 * @throws {BusyError} BUSY when a program is writing it
 */
export function openForeignFile(file: string): ForeignFile {
  if (!needsRecovery(file))
    return openedFile(new DatabaseSync(file, { readOnly: true, timeout: 5000 }), { whenClosed: () => undefined });
  const folder = makeTemporaryFolder();
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const warnings = findMissingLog(file);
    return openedFile(new DatabaseSync(copyAside(file, folder), { timeout: 5000 }), { whenClosed: remove, warnings });
  } catch (error) {
    remove();
    throw error;
  }
}

function makeTemporaryFolder(): string {
  const place = tmpdir();
  try {
    return mkdtempSync(join(place, "nerve-import-"));
  } catch (cause) {
    if (!isDiskFull(cause)) throw translateFileError(cause, place);
    throw fullTemporaryFolder(cause, place, undefined);
  }
}

function fullTemporaryFolder(cause: unknown, folder: string, needed: number | undefined): DatabaseConnectionError {
  return new DatabaseConnectionError("STORAGE_FULL", {
    message: describeFullDisk(cause as NodeJS.ErrnoException, folder, needed).message,
    help: "Name a folder with that much room with TMPDIR, for the copy that is read; nothing was imported.",
    cause,
  });
}

/** A program that is at work, or was killed, leaves its newest rows in the log, which is easily forgotten in a copy. */
function findMissingLog(file: string): string[] {
  const header = readHeader(file);
  if ((header[18] !== 2 && header[19] !== 2) || sizeOf(`${file}-wal`) > 0) return [];
  return [
    `${file} is in WAL mode, and there is no ${basename(file)}-wal with it. If it was copied while its program was at work, the newest rows are missing: stop the program and copy both files.`,
  ];
}

/** Whether reading the file where it is would write to it or beside it. */
function needsRecovery(file: string): boolean {
  const header = readHeader(file);
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0")
    throw new DatabaseConnectionError("CORRUPT", {
      message: `${file} is no SQLite database.`,
      help: "Give the ghost.db of the Python NERVE itself, not a dump or an archive of it.",
    });
  const inWalMode = header[18] === 2 || header[19] === 2;
  return inWalMode || sideFiles.some((suffix) => sizeOf(file + suffix) > 0);
}

function readHeader(file: string): Buffer {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new ValidationError([{ field: "file", message: "does not exist, or is no file" }]);
  }
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function copyAside(file: string, folder: string): string {
  const sources = [file, ...sideFiles.map((suffix) => file + suffix).filter((path) => sizeOf(path) > 0)];
  const state = () =>
    sources.map((path) => statSync(path, { bigint: true })).map(({ size, mtimeNs }) => [size, mtimeNs]);
  const before = state();
  for (const path of sources) copyInto(folder, path, sources);
  if (before.flat().some((value, index) => value !== state().flat()[index])) throw new BusyError();
  return join(folder, basename(file));
}

/** Copies one of the files; where that takes more room than there is, all of them are needed. */
function copyInto(folder: string, path: string, all: readonly string[]): void {
  try {
    copyFileSync(path, join(folder, basename(path)));
  } catch (cause) {
    if (!isDiskFull(cause)) throw translateFileError(cause, path);
    const needed = all.reduce((sum, each) => sum + sizeOf(each), 0);
    throw fullTemporaryFolder(cause, folder, needed);
  }
}

interface Opening {
  readonly whenClosed: () => void;
  readonly warnings?: readonly string[];
}

function openedFile(database: DatabaseSync, { whenClosed, warnings = [] }: Opening): ForeignFile {
  const close = () => {
    if (database.isOpen) database.close();
    whenClosed();
  };
  try {
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; BEGIN");
    // The first read takes the snapshot.
    return { ...foreignFile(database, readTableNames(database), close), warnings };
  } catch (error) {
    close();
    throw translateSqliteError(error);
  }
}

function readTableNames(database: DatabaseSync): string[] {
  const rows = database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid`,
    )
    .all();
  return rows.map(({ name }) => name as string);
}

function foreignFile(
  database: DatabaseSync,
  tables: readonly string[],
  close: () => void,
): Omit<ForeignFile, "warnings"> {
  const prepared = new Map<string, StatementSync>();
  const all = (sql: string, values: SQLInputValue[] = []): unknown[][] => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statement.setReturnArrays(true);
      statement.setReadBigInts(true);
      prepared.set(sql, statement);
    }
    try {
      return statement.all(...values) as unknown as unknown[][];
    } catch (error) {
      throw translateSqliteError(error);
    }
  };
  return {
    tables,
    close,
    columns: (table) => all("SELECT name FROM pragma_table_xinfo(?)", [table]).map(([name]) => name as string),
    count: (table, column) => {
      const [row] = all(`SELECT count(${column === undefined ? "*" : quoteName(column)}) FROM ${quoteName(table)}`);
      return Number(row?.[0]);
    },
    rows: (table, columns, orderBy) => readRows(database, table, columns, orderBy),
    bytes: (table, column, key) => {
      const where = `${quoteName(key.column)} IS ?`;
      const sql = `SELECT CAST(${quoteName(column)} AS BLOB) FROM ${quoteName(table)} WHERE ${where}`;
      return (all(sql, [key.value as SQLInputValue])[0]?.[0] as Uint8Array | undefined) ?? null;
    },
    has: (table, column, value) =>
      all(`SELECT 1 FROM ${quoteName(table)} WHERE ${quoteName(column)} = ? LIMIT 1`, [value]).length > 0,
    unsafeIds: (table, column) => {
      const id = quoteName(column);
      const sql = `SELECT DISTINCT ${id} FROM ${quoteName(table)} WHERE typeof(${id}) = 'integer' AND (${id} > ${maxSafe} OR ${id} < -${maxSafe}) ORDER BY ${id}`;
      return all(sql).map(([value]) => value as bigint);
    },
    highestSafeId: (table, column) => {
      const id = quoteName(column);
      const sql = `SELECT max(${id}) FROM ${quoteName(table)} WHERE typeof(${id}) = 'integer' AND ${id} BETWEEN 0 AND ${maxSafe}`;
      return Number(all(sql)[0]?.[0] ?? 0);
    },
  };
}

function* readRows(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
  orderBy: string | undefined,
): Iterable<readonly unknown[]> {
  const order = orderBy === undefined ? "" : ` ORDER BY ${quoteName(orderBy)}`;
  const statement = database.prepare(`SELECT ${columns.map(quoteName).join(", ")} FROM ${quoteName(table)}${order}`);
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  try {
    yield* statement.iterate() as unknown as Iterable<readonly unknown[]>;
  } catch (error) {
    throw translateSqliteError(error);
  }
}
