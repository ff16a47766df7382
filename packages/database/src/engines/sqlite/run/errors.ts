import { columnOfUniqueIndex } from "../../shared/unique-column.ts";
import {
  BusyError,
  ConflictError,
  DatabaseConnectionError,
  DatabaseError,
  TransactionError,
} from "../../../errors/index.ts";
import { describeFullDisk } from "../../../files/describe-file-error.ts";
import { describeFileFault } from "../connect/file-fault.ts";

/** What node:sqlite throws. */
interface SqliteError extends Error {
  readonly code: "ERR_SQLITE_ERROR";
  /** Extended result code. */
  readonly errcode: number;
  readonly path?: string;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number";
}

/** Primary result codes, the low byte of an extended one. See https://www.sqlite.org/rescode.html */
const primary = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  constraint: 19,
  notADatabase: 26,
};
const constraint = { check: 275, foreignKey: 787, trigger: 1811, unique: 2067, primaryKey: 1555, rowId: 2579 };

/** Whether another connection holds the lock, so that trying again may succeed. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && [primary.busy, primary.locked].includes(error.errcode & 0xff);
}

/** Whether the file is damaged. */
export function isCorrupt(error: unknown): boolean {
  return isSqliteError(error) && [primary.corrupt, primary.notADatabase].includes(error.errcode & 0xff);
}

/** The column that a unique constraint names, itself or by its index; the code never depends on it. */
function fieldOf({ message }: SqliteError): string | undefined {
  const [, column, index = ""] = /: (?:\w+\.(\w+)|index '(\w+)')/.exec(message) ?? [];
  return column ?? columnOfUniqueIndex(index);
}

function translateConstraint(error: SqliteError): DatabaseError {
  switch (error.errcode) {
    case constraint.unique:
    case constraint.primaryKey:
    case constraint.rowId:
      return new ConflictError("CONFLICT", { field: fieldOf(error), cause: error });
    case constraint.foreignKey:
    case constraint.trigger:
      return new ConflictError("REFERENCE_VIOLATION", { cause: error });
    default:
      return new DatabaseError("CONSTRAINT_VIOLATION", { cause: error });
  }
}

function damaged(file: string | undefined): string | undefined {
  return file === undefined ? undefined : `${file} is damaged, or is no database.`;
}

/** Names the file that an error of SQLite is about, which SQLite does not: for {@link translateSqliteError}. */
export function ofFile(error: unknown, file: string | undefined): unknown {
  return isSqliteError(error) && file !== undefined && !("path" in error)
    ? Object.assign(error, { path: file })
    : error;
}

/**
 * Translates what node:sqlite throws into the error family, by result code.
 *
 * @param place the file, for errors that {@link ofFile} has not named it in
 */
export function translateSqliteError(error: unknown, place?: string): unknown {
  if (!isSqliteError(error)) return error;
  const file = error.path ?? place;
  switch (error.errcode & 0xff) {
    case primary.busy:
    case primary.locked:
      return new BusyError({ cause: error });
    case primary.constraint:
      return translateConstraint(error);
    case primary.full:
      return new DatabaseConnectionError("STORAGE_FULL", { ...describeFullDisk(error, file), cause: error });
    case primary.corrupt:
    case primary.notADatabase:
      return new DatabaseConnectionError("CORRUPT", { message: damaged(file), cause: error });
    case primary.cantOpen:
    case primary.ioError:
    case primary.readOnly:
      return new DatabaseConnectionError("CONNECTION_FAILED", {
        ...(file === undefined ? {} : describeFileFault(file, error.message)),
        cause: error,
      });
    case primary.error:
      return new DatabaseError("DATABASE_FAILED", { cause: error });
    default:
      return new TransactionError("TRANSACTION_FAILED", { cause: error });
  }
}
