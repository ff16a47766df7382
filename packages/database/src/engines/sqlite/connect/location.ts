import { randomUUID } from "node:crypto";
import { closeSync, openSync, readlinkSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseConnectionError, ValidationError } from "../../../errors/index.ts";
import { describeFileError, describeFullDisk } from "../../../files/describe-file-error.ts";
import { makePrivateFolder } from "../../../files/durable.ts";
import { hasCode, isDiskFull } from "../../../files/errors.ts";
import { adoptOwnerSync } from "../../../files/owner.ts";

/** Where a SQLite database is. */
export interface SqliteLocation {
  /** What SQLite opens. */
  readonly location: string;
  /** The file; undefined for a database in memory. */
  readonly file: string | undefined;
}

/**
 * Reads a `sqlite:` URL: `sqlite:relative/path.db`, `sqlite:/absolute/path.db` or `sqlite::memory:`.
 * @throws {ValidationError} INVALID_INPUT when it would name another file than whoever wrote it meant
 */
export function parseSqliteUrl(url: string): SqliteLocation {
  const path = url.replace(/^sqlite:(?:\/\/(?=\/))?/, "");
  if (path === ":memory:") {
    // A name of its own in SQLite's memory file system, so that several connections see one database.
    return { location: `file:/nerve-${randomUUID()}?vfs=memdb`, file: undefined };
  }
  const fault = pathFault(url, path);
  if (fault !== undefined) throw new ValidationError([{ field: "url", message: fault }]);
  const file = resolve(path);
  return { location: file, file };
}

function pathFault(url: string, path: string): string | undefined {
  if (path === "") return "names no file: `sqlite:data/ghost.db`, or `sqlite:/var/lib/nerve/ghost.db`";
  if (/^sqlite:\/\/(?!\/)/.test(url)) return "has two slashes: write `sqlite:name.db`, or `sqlite:/folder/name.db`";
  if (/^~(?:\/|$)/.test(path)) return "begins with `~`, which only a shell reads: write the folder out";
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(path)) return "holds a control character, such as the end of a line";
  return /[\s\p{Cf}]$/u.test(path) ? "ends with a space or a character that nobody sees" : undefined;
}

/** @throws {DatabaseConnectionError} CONNECTION_FAILED when there is no such file */
export function requireFile(file: string): void {
  try {
    statSync(file);
  } catch (cause) {
    if (!hasCode(cause, "ENOENT")) throw unusable(file, cause);
    throw new DatabaseConnectionError("CONNECTION_FAILED", {
      message: `There is no database file ${file} (ENOENT).`,
      help: "`nerve init` makes one. For another, give its path: `--database sqlite:/path/of/ghost.db`, or NERVE_DATABASE_URL.",
      cause,
    });
  }
}

/**
 * Makes the folder of the file, where missing, for the owner only.
 * @throws {DatabaseConnectionError} STORAGE_FULL when the disk is full, else CONNECTION_FAILED
 */
export async function makeFolderOf(file: string): Promise<void> {
  try {
    await makePrivateFolder(dirname(file));
  } catch (cause) {
    throw unusable(file, cause);
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
    adoptOwnerSync(file);
  } catch (cause) {
    if (!hasCode(cause, "EEXIST")) throw unusable(file, cause);
    // A link may lead to where no file is yet.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) createPrivateFile(targetOf(file));
  }
}

function targetOf(link: string): string {
  return resolve(dirname(link), readlinkSync(link));
}

function unusable(file: string, cause: unknown): DatabaseConnectionError {
  const error = cause as NodeJS.ErrnoException;
  return isDiskFull(cause)
    ? new DatabaseConnectionError("STORAGE_FULL", { ...describeFullDisk(error, file), cause })
    : new DatabaseConnectionError("CONNECTION_FAILED", { ...describeFileError(error, file), cause });
}
