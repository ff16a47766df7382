import {
  BackupError,
  DatabaseError,
  type ErrorCode,
  errorRegistry,
  type InputIssue,
  translateFileError,
  ValidationError,
} from "@nerve/database";
import { printableText } from "./printable.ts";

/** How a command ends. The numbers are what scripts rely on. */
export const exitCodes = { done: 0, no: 1, wrongUsage: 2, failed: 3 } as const;

/** One of the numbers that a command ends with. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What kept a command from being done, as people and, with `--json`, programs are told. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  /** What is wrong, in a sentence or two. */
  readonly message: string;
  /** The next step. */
  readonly help: string;
  readonly issues?: readonly InputIssue[];
}

/** A failure that is described already. */
export class CommandError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = new.target.name;
    this.failure = failure;
  }
}

/** The command was not called as it has to be. */
export class UsageError extends CommandError {
  constructor(message: string, help: string, options?: ErrorOptions) {
    super({ exitCode: exitCodes.wrongUsage, code: "USAGE", message, help }, options);
  }
}

/** The next step where it is a setting, which the database package knows nothing of. */
const settingsHelp: Partial<Record<ErrorCode, string>> = {
  SECRET_UNREADABLE:
    "Put the key file back from your copy, name it with NERVE_KEY_FILE, or give the keys with NERVE_ENCRYPTION_KEY.",
  KEY_FILE_UNUSABLE:
    "Make it a plain file of `id:key` lines that this account or root owns and nobody else may read (chmod 600), or give the keys themselves with NERVE_ENCRYPTION_KEY.",
};

/** The next step where the registry's is for a server, which has a log. */
const commandHelp: typeof settingsHelp = {
  ...settingsHelp,
  DATABASE_FAILED: "`--verbose` shows each cause by its own name.",
  FRESH_SIGN_IN_NEEDED: "Do it in the console, after signing in.",
};

const backupHelp: typeof settingsHelp = {
  ...commandHelp,
  SECRET_UNREADABLE: "Set NERVE_BACKUP_KEY to the key that it was made with; without it nobody can read the backup.",
};

/**
 * Tells what went wrong.
 *
 * @param thrown whatever was thrown
 * @param nameOf how the user named a field of an input: the option that it was given with
 */
export function describeFailure(thrown: unknown, nameOf = (field: string) => field): Failure {
  const error = isOfFile(thrown) ? translateFileError(thrown) : thrown;
  if (error instanceof CommandError) return error.failure;
  if (error instanceof ValidationError) {
    const issues = error.issues.map((issue) => ({ ...issue, field: nameOf(issue.field) }));
    const faults = issues.map(({ field, message }) => `${field} ${message}`).join("; ");
    return { exitCode: exitCodes.wrongUsage, code: error.code, message: endSentence(faults), help: error.help, issues };
  }
  if (error instanceof DatabaseError) {
    const isUsual = error.help === errorRegistry[error.code].help;
    const own = isUsual ? (error instanceof BackupError ? backupHelp : commandHelp)[error.code] : undefined;
    const message = `${error.message}${causeOf(error)}`;
    return { exitCode: exitCodes.failed, code: error.code, message, help: own ?? error.help };
  }
  return {
    exitCode: exitCodes.failed,
    code: "UNEXPECTED",
    message: error instanceof Error ? error.message : "Something was thrown that is no error.",
    help: "If nothing here explains it, please report it, with the command and this message.",
  };
}

/** What only files bring, and no connection. */
const fileCodes = new Set(["EISDIR", "ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EMFILE", "ENFILE"]);

/** Whether the system refused a file, which it names unless it was open; a connection has a system call too, and no path. */
function isOfFile(error: unknown): boolean {
  if (!(error instanceof Error) || !("syscall" in error)) return false;
  return "path" in error || ("code" in error && fileCodes.has(String(error.code)));
}

/** What the database itself said, where the error does not say more than its code. */
function causeOf({ code, message, cause }: DatabaseError): string {
  const isPlain = message === errorRegistry[code].message && ["DATABASE_FAILED", "CONNECTION_FAILED"].includes(code);
  return isPlain && cause instanceof Error && cause.message !== "" ? ` It says: ${endSentence(cause.message)}` : "";
}

/** A failure as lines for people. */
export function formatFailure({ message, help }: Failure): string {
  return printableText(`nerve: ${message}\n${help}\n`);
}

function endSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
