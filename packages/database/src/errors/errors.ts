import { errorRegistry, type ErrorCode } from "./registry.ts";

/** One fault of an input: where it is, and what is wrong there. Never holds the value itself. */
export interface InputIssue {
  /** The field, with dots and indexes for nested ones: `email`, `records.3.severity`. */
  readonly field: string;
  readonly message: string;
}

interface ErrorOptions {
  /** A sentence that replaces the registry's; must hold no SQL, values, tokens or hashes. */
  message?: string | undefined;
  /** The next step, where the registry's is another error's; safe to show, as the message is. */
  help?: string | undefined;
  cause?: unknown;
}

/** The base of every error that this package throws. */
export class DatabaseError extends Error {
  readonly code: ErrorCode;
  readonly #help: string | undefined;

  constructor(code: ErrorCode, { message, help, cause }: ErrorOptions = {}) {
    super(message ?? errorRegistry[code].message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.#help = help;
  }

  /** HTTP status that a server answers with. */
  get status(): number {
    return errorRegistry[this.code].status;
  }

  /** What to do next. */
  get help(): string {
    return this.#help ?? errorRegistry[this.code].help;
  }
}

/** An input was refused; `issues` names each field. */
export class ValidationError extends DatabaseError {
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[]) {
    super("INVALID_INPUT", { message: issues.map(({ field, message }) => `${field}: ${message}`).join("; ") });
    this.issues = issues;
  }

  /** The first field at fault. */
  get field(): string {
    return this.issues[0]?.field ?? "";
  }
}

/** The record does not exist, is soft-deleted, or is not the caller's to see. */
export class NotFoundError extends DatabaseError {
  constructor(options?: ErrorOptions) {
    super("NOT_FOUND", options);
  }
}

type ConflictCode = Extract<
  ErrorCode,
  | "CONFLICT"
  | "REFERENCE_VIOLATION"
  | "COMPANY_NEEDED"
  | "SEATS_EXHAUSTED"
  | "NOT_REVERSIBLE"
  | "LAST_ADMINISTRATOR"
  | "USER_SUSPENDED"
  | "ALREADY_SET_UP"
  | "TRANSITION_REFUSED"
>;

/** A unique value exists already, a reference is broken, or a limit is reached. */
export class ConflictError extends DatabaseError {
  /** The column or field at fault, where the engine names it. */
  readonly field: string | undefined;

  constructor(
    code: ConflictCode = "CONFLICT",
    { field, ...options }: ErrorOptions & { field?: string | undefined } = {},
  ) {
    super(code, { ...options, message: options.message ?? takenMessage(code, field) });
    this.field = field;
  }
}

/** Says which value is taken; of whose record it is, whoever asks may not be allowed to know. */
function takenMessage(code: ConflictCode, field: string | undefined): string | undefined {
  if (code !== "CONFLICT" || field === undefined) return undefined;
  const words = field.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("_", " ");
  return `A record with the same ${words} exists.`;
}

/** Something would pass the quota of its user or company; nothing of it was kept. */
export class QuotaError extends DatabaseError {
  constructor(options?: ErrorOptions) {
    super("QUOTA_EXCEEDED", options);
  }
}

/** The actor may not do this. */
export class PermissionError extends DatabaseError {
  constructor(options?: ErrorOptions) {
    super("PERMISSION_DENIED", options);
  }
}

/** The database cannot be reached, is closed, full, too slow or damaged. */
export class DatabaseConnectionError extends DatabaseError {
  constructor(
    code: Extract<
      ErrorCode,
      "CONNECTION_FAILED" | "OUTCOME_UNKNOWN" | "TIMEOUT" | "STORAGE_FULL" | "CORRUPT" | "CLOSED"
    >,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** Another process or transaction holds the lock; trying again later may succeed. */
export class BusyError extends DatabaseError {
  constructor(options?: ErrorOptions) {
    super("BUSY", options);
  }
}

/** The transaction was rolled back for a reason of its own. */
export class TransactionError extends DatabaseError {
  constructor(
    code: Extract<ErrorCode, "TRANSACTION_FAILED" | "SERIALIZATION_FAILED"> = "TRANSACTION_FAILED",
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** The schema and the code do not fit together, or a migration failed. */
export class MigrationError extends DatabaseError {
  constructor(
    code: Extract<ErrorCode, "SCHEMA_OUTDATED" | "SCHEMA_NEWER" | "MIGRATION_EDITED" | "MIGRATION_FAILED">,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** A backup cannot be made, is not sound, or cannot be restored. */
export class BackupError extends DatabaseError {
  constructor(
    code: Extract<ErrorCode, "BACKUP_INVALID" | "BACKUP_FAILED" | "PROGRAM_MISSING" | "SECRET_UNREADABLE">,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
