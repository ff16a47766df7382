import { BackupError } from "../../../errors/index.ts";

/** What an archive may hold: tables, and what belongs to them. None of it runs anything. */
const allowed = [
  "TABLE DATA",
  "TABLE ATTACH",
  "TABLE",
  "SEQUENCE OWNED BY",
  "SEQUENCE SET",
  "SEQUENCE",
  "DEFAULT ACL",
  "DEFAULT",
  "CHECK CONSTRAINT",
  "FK CONSTRAINT",
  "CONSTRAINT",
  "INDEX ATTACH",
  "INDEX",
  "POLICY",
  "ROW SECURITY",
  "STATISTICS",
  "TYPE",
  "SCHEMA",
  "COMMENT",
  "ACL",
] as const;

/** An extension, or what is said of one. */
const extensionEntry = /^(?:EXTENSION -|COMMENT - EXTENSION) (?:"?)([\w-]+)/;

const entryLine = /^(\d+); \d+ \d+ (.+)$/;

/** An archive by its table of contents. */
export interface ArchiveContents {
  /** The lines of what is restored. */
  readonly wanted: readonly string[];
  /** Whether that is not all. */
  readonly isPart: boolean;
}

/**
 * Reads the table of contents of an archive, as `pg_restore --list` writes it. Extensions that only a superuser may make are left
 * out: they belong to the server.
 * @param trusted names of the extensions that anybody may make
 * @throws {BackupError} BACKUP_INVALID that names the first entry that could run something
 */
export function readArchiveContents(list: string, trusted: ReadonlySet<string>): ArchiveContents {
  const lines = list.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  const wanted = lines.filter((line) => {
    const entry = entryLine.exec(line)?.[2] ?? line;
    const extension = extensionEntry.exec(entry)?.[1];
    if (extension !== undefined) return trusted.has(extension);
    if (allowed.some((kind) => entry.startsWith(`${kind} `))) return true;
    throw new BackupError("BACKUP_INVALID", { message: `The backup holds ${entry}, which NERVE did not make.` });
  });
  return { wanted, isPart: wanted.length < lines.length };
}
