import { randomUUID } from "node:crypto";
import { closeSync, existsSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseConnectionError } from "../../../errors/index.ts";
import { makePrivateFolder } from "../../../files/durable.ts";
import { hasCode, isDiskFull } from "../../../files/errors.ts";

/** Where a SQLite database is. */
export interface SqliteLocation {
  /** What SQLite opens. */
  readonly location: string;
  /** The file; undefined for a database in memory. */
  readonly file: string | undefined;
}

/** Reads a `sqlite:` URL: `sqlite:relative/path.db`, `sqlite:/absolute/path.db` or `sqlite::memory:`. */
export function parseSqliteUrl(url: string): SqliteLocation {
  const path = url.replace(/^sqlite:(?:\/\/(?=\/))?/, "");
  if (path === ":memory:") {
    // A name of its own in SQLite's memory file system, so that several connections see one database.
    return { location: `file:/nerve-${randomUUID()}?vfs=memdb`, file: undefined };
  }
  const file = resolve(path);
  return { location: file, file };
}

/** @throws {DatabaseConnectionError} CONNECTION_FAILED when there is no such file */
export function requireFile(file: string): void {
  if (existsSync(file)) return;
  throw new DatabaseConnectionError("CONNECTION_FAILED", {
    message: "There is no database file of this name; `nerve init` makes one.",
  });
}

/**
 * Makes the folder of the file, where missing, for the owner only.
 * @throws {DatabaseConnectionError} STORAGE_FULL when the disk is full, else CONNECTION_FAILED
 */
export async function makeFolderOf(file: string): Promise<void> {
  try {
    await makePrivateFolder(dirname(file));
  } catch (cause) {
    throw notMade(cause);
  }
}

/**
 * Makes the file, where missing, readable by the owner only; SQLite gives its side files the same mode.
 * A file that exists is not even opened: closing it would end every POSIX lock that this process has on the database.
 * @throws {DatabaseConnectionError} STORAGE_FULL when the disk is full, else CONNECTION_FAILED
 */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (cause) {
    if (hasCode(cause, "EEXIST")) return;
    throw notMade(cause);
  }
}

function notMade(cause: unknown): DatabaseConnectionError {
  return new DatabaseConnectionError(isDiskFull(cause) ? "STORAGE_FULL" : "CONNECTION_FAILED", { cause });
}
