import { BackupError } from "../../../errors/index.ts";
import { readTokens, type Token, UnfinishedSqlError } from "../../shared/sql-tokenizer.ts";
import { postgresLexis } from "../run/lexis.ts";

const name = String.raw`(?:[A-Z_][\w$]*|Q)(?: \. (?:[A-Z_][\w$]*|Q))*`;
const settings = [
  "STATEMENT_TIMEOUT",
  "LOCK_TIMEOUT",
  "IDLE_IN_TRANSACTION_SESSION_TIMEOUT",
  "TRANSACTION_TIMEOUT",
  "CLIENT_ENCODING",
  "CHECK_FUNCTION_BODIES",
  "XMLOPTION",
  "CLIENT_MIN_MESSAGES",
  "ROW_SECURITY",
  "DEFAULT_TABLESPACE",
  "DEFAULT_TABLE_ACCESS_METHOD",
].join("|");
const actions =
  "ADD CONSTRAINT|ALTER COLUMN|OWNER TO|ENABLE ROW|FORCE ROW|REPLICA IDENTITY|CLUSTER ON|ATTACH PARTITION";

/**
 * What pg_restore writes for tables and what belongs to them, with names and strings as `Q`. None of it evaluates anything
 * while the tables are empty, and later only what `volatileCalls` looks at.
 */
const allowed = [
  `SET (?:${settings}) = \\S+`,
  // Otherwise a backslash would hide the end of a string, and what comes after it.
  "SET STANDARD_CONFORMING_STRINGS = ON",
  // With AS, it would run a query.
  `CREATE (?:UNLOGGED )?TABLE ${name} \\((?!.* \\) AS ).*`,
  `(?:CREATE|ALTER) SEQUENCE ${name}(?: .*)?`,
  `ALTER TABLE (?:ONLY )?${name} (?:${actions}) .*`,
  `CREATE (?:UNIQUE )?INDEX ${name} ON .*`,
  `ALTER INDEX ${name} ATTACH PARTITION ${name}`,
  `CREATE POLICY ${name} ON .*`,
  `CREATE STATISTICS ${name} .*`,
  `CREATE TYPE ${name} AS (?:(?:ENUM|RANGE) )?\\( .*`,
  `CREATE SCHEMA ${name}`,
  `ALTER (?:SCHEMA|TYPE|STATISTICS) ${name} OWNER TO ${name}`,
  `COMMENT ON .*`,
  `(?:GRANT|REVOKE) .* ON (?:TABLE|SEQUENCE|SCHEMA|TYPE) .*`,
  `ALTER DEFAULT PRIVILEGES .*`,
].map((pattern) => new RegExp(`^${pattern}$`, "s"));

/** So that every name is found in its own schema; the one call that each archive makes. */
const emptySearchPath = "SELECT pg_catalog . set_config ( 'search_path' , '' , false )";

/** What newer programs put around a script for psql. */
const guards = [/^\\restrict \w+$/m, /^\\unrestrict \w+$(?![\s\S]*^\\unrestrict )/m];

export function withoutGuards(script: string): string {
  return guards.reduce((text, guard) => text.replace(guard, ""), script);
}

function shapeOf(statement: readonly Token[]): string {
  return statement.map(({ kind, text }) => (kind === "quoted" ? "Q" : text.toUpperCase())).join(" ");
}

function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ";") statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

/** The names that stand before a parenthesis: functions that are called among them. */
function calledNames(tokens: readonly Token[]): Set<string> {
  const called = new Set<string>();
  for (const [index, { text }] of tokens.entries()) {
    const before = text === "(" ? tokens[index - 1] : undefined;
    if (before?.kind === "word") called.add(before.text.toLowerCase());
    if (before?.kind === "quoted") called.add(before.text.slice(1, -1).replaceAll('""', '"'));
  }
  return called;
}

/** What may stand before the name of a table, or of statistics, and its parenthesis. */
const notCalls: ReadonlySet<string | undefined> = new Set(["TABLE", "REFERENCES", "STATISTICS"]);

/** The first function of a schema that is called: PostgreSQL's own stand without one, and no other is in the archive. */
function findForeignCall(tokens: readonly Token[]): string | undefined {
  for (const [index, { text }] of tokens.entries()) {
    if (text !== "(" || tokens[index - 2]?.text !== ".") continue;
    const schema = tokens[index - 3]?.text;
    if (schema !== "pg_catalog" && !notCalls.has(tokens[index - 4]?.text.toUpperCase())) {
      return `${schema}.${tokens[index - 1]?.text}`;
    }
  }
  return undefined;
}

function refuse(what: string): never {
  throw new BackupError("BACKUP_INVALID", { message: `The backup ${what}, which NERVE did not make.` });
}

/**
 * Checks the statements that would make the tables of an archive again, whatever its table of contents calls them.
 * @returns the names of functions that are called, as far as they can be told from those of tables
 * @throws {BackupError} BACKUP_INVALID when one does something else, or calls a function that is not PostgreSQL's own
 */
export function checkStatements(script: string): ReadonlySet<string> {
  try {
    const statements = splitStatements([...readTokens(withoutGuards(script), postgresLexis)]).filter(
      (statement) => statement.map(({ text }) => text).join(" ") !== emptySearchPath,
    );
    for (const statement of statements) {
      const shape = shapeOf(statement);
      // Names in codes of characters could be those of anything.
      if (/(?:^| )U & Q(?: |$)/.test(shape) || !allowed.some((pattern) => pattern.test(shape))) {
        refuse(`holds a statement ${shape.split(" ", 3).join(" ")} …`);
      }
    }
    const foreign = statements.map(findForeignCall).find((call) => call !== undefined);
    if (foreign !== undefined) refuse(`holds a rule, a value or an index that calls ${foreign}()`);
    return calledNames(statements.flat());
  } catch (error) {
    if (error instanceof UnfinishedSqlError) refuse("holds a statement that does not end");
    throw error;
  }
}
