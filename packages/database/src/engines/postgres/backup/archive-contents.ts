import { BackupError } from "../../../errors/index.ts";
import { knownTables } from "./left-out.ts";

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

const running =
  "FUNCTION|PROCEDURE|AGGREGATE|OPERATOR(?: CLASS| FAMILY)?|DOMAIN|COLLATION|CONVERSION|TEXT SEARCH \\w+|TRIGGER|RULE";

/** What is left in the archive: an application's own, which could run something, and what older ones hold of the database around. */
const leftOut = [
  /^EXTENSION /,
  /^COMMENT - EXTENSION /,
  // Every database has it.
  /^(?:SCHEMA|COMMENT) - (?:SCHEMA )?public /,
  new RegExp(`^(?:${running}) `),
  new RegExp(`^(?:COMMENT|ACL) \\S+ (?:${running}) `),
];

/** What would act on NERVE's own tables is nobody's that means well. */
const planted = new RegExp(`^(?:TRIGGER|RULE) \\S+ (?:${knownTables.join("|")}) `);

const entryLine = /^(\d+); \d+ \d+ (.+)$/;

const migrationsLine = /^\d+; \d+ \d+ TABLE (.+) schema_migrations /;

/** An archive by its table of contents. */
export interface ArchiveContents {
  /** The lines of what is restored. */
  readonly wanted: readonly string[];
  /** Whether that is not all. */
  readonly isPart: boolean;
  /** The schema that NERVE's tables are in. */
  readonly schema: string;
}

/**
 * Reads the table of contents of an archive, as `pg_restore --list` writes it.
 * @throws {BackupError} BACKUP_INVALID that names the first entry that acts on NERVE's tables, or that nobody knows
 */
export function readArchiveContents(list: string): ArchiveContents {
  const lines = list.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  const wanted = lines.filter((line) => {
    const entry = entryLine.exec(line)?.[2] ?? line;
    if (planted.test(entry)) refuse(entry);
    if (leftOut.some((pattern) => pattern.test(entry))) return false;
    if (allowed.some((kind) => entry.startsWith(`${kind} `))) return true;
    return refuse(entry);
  });
  const schema = wanted.map((line) => migrationsLine.exec(line)?.[1]).find((name) => name !== undefined);
  return { wanted, isPart: wanted.length < lines.length, schema: schema ?? "public" };
}

function refuse(entry: string): never {
  throw new BackupError("BACKUP_INVALID", { message: `The backup holds ${entry}, which NERVE did not make.` });
}
