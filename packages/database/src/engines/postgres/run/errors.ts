import pg from "pg";
import { columnOfUniqueIndex } from "../../shared/unique-column.ts";
import {
  BusyError,
  ConflictError,
  DatabaseConnectionError,
  DatabaseError,
  TransactionError,
} from "../../../errors/index.ts";

/** SQLSTATEs with a meaning of their own. See https://www.postgresql.org/docs/15/errcodes-appendix.html */
const bySqlState: Readonly<Record<string, (cause: pg.DatabaseError) => DatabaseError>> = {
  "23505": (cause) => new ConflictError("CONFLICT", { field: fieldOf(cause), cause }),
  "23503": (cause) => new ConflictError("REFERENCE_VIOLATION", { cause }),
  "23001": (cause) => new ConflictError("REFERENCE_VIOLATION", { cause }),
  "40001": (cause) => new TransactionError("SERIALIZATION_FAILED", { cause }),
  "40P01": (cause) => new TransactionError("SERIALIZATION_FAILED", { cause }),
  "25P02": (cause) => new TransactionError("TRANSACTION_FAILED", { cause }),
  "57014": (cause) => new DatabaseConnectionError("TIMEOUT", { cause }),
  "53100": (cause) => new DatabaseConnectionError("STORAGE_FULL", { cause }),
  "42501": lackingRight,
  "55P03": (cause) => new BusyError({ cause }),
  "53300": (cause) => new BusyError({ cause }),
};

/** The server names what the right is on, and nothing else. */
function lackingRight(cause: pg.DatabaseError): DatabaseError {
  return new DatabaseError("DATABASE_FAILED", {
    message: `The database refused the operation, for the role lacks a right (42501: ${cause.message}).`,
    help: "Grant it, or let the role own NERVE's tables: docs/DEPLOYMENT.md tells which rights it needs.",
    cause,
  });
}

/** Classes of SQLSTATEs, by their first two characters. */
const byClass: Readonly<Record<string, (cause: pg.DatabaseError) => DatabaseError>> = {
  "08": (cause) => new DatabaseConnectionError("CONNECTION_FAILED", { cause }),
  "22": (cause) => new DatabaseError("CONSTRAINT_VIOLATION", { cause }),
  "23": (cause) => new DatabaseError("CONSTRAINT_VIOLATION", { cause }),
  "28": (cause) => new DatabaseConnectionError("CONNECTION_FAILED", { cause }),
  "3D": (cause) => new DatabaseConnectionError("CONNECTION_FAILED", { cause }),
  "57": (cause) => new DatabaseConnectionError("CONNECTION_FAILED", { cause }),
  XX: (cause) => new DatabaseConnectionError("CORRUPT", { cause }),
};

/** The column that a unique constraint tells rows apart by. */
function fieldOf({ table, constraint }: pg.DatabaseError): string | undefined {
  if (table === undefined || constraint === undefined) return undefined;
  return constraint === `${table}_pkey` ? "id" : columnOfUniqueIndex(constraint);
}

/**
 * Translates what `pg` throws into the error family, by SQLSTATE. What comes without one never reached the server, or
 * lost it: a connection failure.
 */
export function translatePostgresError(error: unknown): unknown {
  if (error instanceof DatabaseError || error instanceof TypeError || error instanceof RangeError) return error;
  if (!(error instanceof pg.DatabaseError)) return new DatabaseConnectionError("CONNECTION_FAILED", { cause: error });
  const translate = bySqlState[error.code ?? ""] ?? byClass[(error.code ?? "").slice(0, 2)];
  return translate?.(error) ?? new DatabaseError("DATABASE_FAILED", { cause: error });
}

/** Whether the connection is gone, and its statement with it. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof DatabaseConnectionError && error.code === "CONNECTION_FAILED";
}

/**
 * What is known of a change whose connection was lost after it was sent: nothing. The server may have made it before
 * its answer got lost.
 */
export function afterSending(error: unknown): unknown {
  return isLostConnection(error) ? new DatabaseConnectionError("OUTCOME_UNKNOWN", { cause: error }) : error;
}

/** Whether the connection is gone, and nobody knows what became of its statement. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DatabaseConnectionError && error.code === "OUTCOME_UNKNOWN";
}
