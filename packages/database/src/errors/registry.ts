/** One entry of the error registry: what a code means, to a program, to a person and to HTTP. */
export interface ErrorDefinition {
  /** HTTP status that a server answers with. */
  readonly status: number;
  /** What happened, in one sentence that is safe to show to anyone. */
  readonly message: string;
  /** What to do next. */
  readonly help: string;
}

/**
 * Every error that the database package throws, by its stable code. The only list: documentation, HTTP answers and
 * exit codes are derived from it.
 */
export const errorRegistry = {
  INVALID_INPUT: {
    status: 400,
    message: "The input is not valid.",
    help: "Correct the fields that the error lists and try again.",
  },
  UNAUTHENTICATED: {
    status: 401,
    message: "Sign-in is required.",
    help: "Sign in, or send a valid session token or API key.",
  },
  PERMISSION_DENIED: {
    status: 403,
    message: "This is not allowed for this account.",
    help: "Ask an administrator for the right that is missing.",
  },
  FRESH_SIGN_IN_NEEDED: {
    status: 403,
    message: "This needs a sign-in of the last few minutes.",
    help: "Enter the password again with POST /api/auth/reauthenticate.",
  },
  NOT_FOUND: {
    status: 404,
    message: "Record not found.",
    help: "Check the id; the record may have been deleted.",
  },
  CONFLICT: {
    status: 409,
    message: "A record with the same unique value exists.",
    help: "Choose another value, or change the existing record.",
  },
  REFERENCE_VIOLATION: {
    status: 409,
    message: "Another record is referred to that does not exist, or still refers to this one.",
    help: "Create the record that is referred to first, or remove what refers to this one.",
  },
  CONSTRAINT_VIOLATION: {
    status: 400,
    message: "A value breaks a rule of its table.",
    help: "Check lengths, required values and allowed values against docs/SCHEMA.md.",
  },
  COMPANY_NEEDED: {
    status: 409,
    message: "There are several companies, and none is named.",
    help: "Name the company that it is about.",
  },
  SEATS_EXHAUSTED: {
    status: 409,
    message: "The company has no free seat.",
    help: "Raise the company's seats, or remove a user.",
  },
  // 413, not 507: the server is well, and what it would take is what is too large. Nobody is woken for it.
  QUOTA_EXCEEDED: {
    status: 413,
    message: "More would be stored than the user or the company may.",
    help: "Delete what is no longer needed, such as old scans, or ask an administrator to raise the quota.",
  },
  LAST_ADMINISTRATOR: {
    status: 409,
    message: "This is the last active super administrator.",
    help: "Make another account a super administrator first.",
  },
  USER_SUSPENDED: {
    status: 409,
    message: "The account is suspended or switched off.",
    help: "Reinstate it first, with POST /api/users/{id}/reinstate or `nerve user reinstate`.",
  },
  ALREADY_SET_UP: {
    status: 409,
    message: "NERVE has been set up already.",
    help: "Sign in, or ask an administrator for an account.",
  },
  BUSY: {
    status: 503,
    message: "The database is busy.",
    help: "Try again in a moment; if it stays busy, look for a long transaction in another process.",
  },
  CONNECTION_FAILED: {
    status: 503,
    message: "The database cannot be reached.",
    help: "Check the database URL, that the file or server exists, and its permissions.",
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    message: "The connection was lost while the change was under way; it was either made whole or not at all.",
    help: "Look whether it was made before you try again.",
  },
  TIMEOUT: {
    status: 503,
    message: "The database took too long to answer.",
    help: "Try again; if it repeats, look at the slow queries.",
  },
  STORAGE_FULL: {
    status: 507,
    message: "The disk is full.",
    help: "Free some space; nothing of the failed operation was kept.",
  },
  CORRUPT: {
    status: 500,
    message: "The database is damaged, or the file is not a database.",
    help: "Run `nerve health`, and restore the last verified backup.",
  },
  TRANSACTION_FAILED: {
    status: 500,
    message: "The transaction could not be completed and was rolled back.",
    help: "Try again; nothing of it was kept.",
  },
  SERIALIZATION_FAILED: {
    status: 409,
    message: "The transaction collided with another one and was rolled back.",
    help: "Try again; nothing of it was kept.",
  },
  CLOSED: {
    status: 503,
    message: "The database handle is closed.",
    help: "Open the database again, and close it only when nothing uses it.",
  },
  SCHEMA_OUTDATED: {
    status: 503,
    message: "The database has migrations pending.",
    help: "Run `nerve migrate up`, which backs the database up first.",
  },
  SCHEMA_NEWER: {
    status: 503,
    message: "The database was migrated by a newer NERVE than this one.",
    help: "Update NERVE, or restore the backup that was made before the update: `nerve backup list`, then `nerve backup restore FILE --confirm`.",
  },
  MIGRATION_EDITED: {
    status: 500,
    message: "A migration that was applied has been edited since.",
    help: "Restore the migration's original text; make a new migration for further changes.",
  },
  MIGRATION_FAILED: {
    status: 500,
    message: "A migration failed and was rolled back.",
    help: "The database is as it was before the migration. Correct the migration and run it again.",
  },
  NOT_REVERSIBLE: {
    status: 409,
    message: "The migration has no down script.",
    help: "Restore the backup that was made before it.",
  },
  SECRET_UNREADABLE: {
    status: 500,
    message: "An encrypted value cannot be read with the keys at hand.",
    help: "Provide the key that it was encrypted with.",
  },
  KEY_FILE_UNUSABLE: {
    status: 500,
    message: "The key file cannot be used.",
    help: "Make it a plain file of `id:key` lines that this account or root owns and nobody else may read (chmod 600), or restore it from your copy. A secret that is mounted may belong to root and be read by a group (0440); else give the keys without a file.",
  },
  BACKUP_INVALID: {
    status: 409,
    message: "The backup is damaged, incomplete, or none of NERVE's.",
    help: "Choose another one: `nerve backup list` shows them, `nerve backup verify` tries one.",
  },
  BACKUP_FAILED: {
    status: 500,
    message: "The backup or the restore failed, and changed nothing.",
    help: "The database is as it was; mend what the message names, and try again.",
  },
  PROGRAM_MISSING: {
    status: 500,
    message: "The PostgreSQL client programs pg_dump and pg_restore are missing, or older than the server.",
    help: "Install them (Debian: postgresql-client) in the server's version or newer, or set the folder that holds them.",
  },
  FILE_UNUSABLE: {
    status: 500,
    message: "A file or folder cannot be read or written.",
    help: "Check that it exists and that this account may use it.",
  },
  FORMAT_UNKNOWN: {
    status: 422,
    message: "Which scanner the report is of cannot be told.",
    help: "Say which format it has, with `format` or `--format`.",
  },
  REPORT_MALFORMED: {
    status: 422,
    message: "The report is no sound file of its format.",
    help: "Look at the place that the message names, or let the scanner write the report again.",
  },
  REPORT_UNSAFE: {
    status: 422,
    message: "The report holds what no scanner writes, and what would harm whoever reads it.",
    help: "Look at the place that the message names. NERVE takes no entities, and nothing that is nested endlessly.",
  },
  REPORT_TOO_LARGE: {
    status: 413,
    message: "The report is too large.",
    help: "Split the scan, or let the scanner leave out requests and responses.",
  },
  REPORT_OUT_OF_DATE: {
    status: 409,
    message:
      "The report is older than what its series has imported of the same assets, or the feed than what is loaded.",
    help: "Import the newest one. If a report is to count as the newest, say so with `asNewest` or `--as-newest`.",
  },
  IMPORT_RUNNING: {
    status: 409,
    message: "Another import of the same series is running.",
    help: "Wait until it has ended, and try again.",
  },
  UNDO_BLOCKED: {
    status: 409,
    message: "The import cannot be taken back.",
    help: "Take back the later imports that the message names first.",
  },
  TRANSITION_REFUSED: {
    status: 409,
    message: "What was decided cannot follow from the present state.",
    help: "Look at the state that the message names; a finding that is gone comes back with a report, or is reopened.",
  },
  DATABASE_FAILED: {
    status: 500,
    message: "The database refused the operation.",
    help: "See the cause of the error; a server logs it under the request id.",
  },
} as const satisfies Record<string, ErrorDefinition>;

/** A code of the error registry. */
export type ErrorCode = keyof typeof errorRegistry;
