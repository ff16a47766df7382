import { BackupError } from "../../../errors/index.ts";
import { quoteName } from "../../shared/ddl.ts";
import { readTokens, type Token } from "../../shared/sql-tokenizer.ts";
import { postgresLexis } from "../run/lexis.ts";
import { withoutGuards } from "./archive-statements.ts";

/** What is about the session or about the schema itself, and not about what is in it. */
const notMoved =
  /^(?:SET |SELECT pg_catalog \. set_config |(?:CREATE|ALTER) SCHEMA |COMMENT ON SCHEMA |(?:GRANT|REVOKE) .* ON SCHEMA |ALTER DEFAULT PRIVILEGES )/;

/** A schema by another name. */
export interface SchemaMove {
  readonly from: string;
  readonly to: string;
}

function nameOf({ kind, text }: Token): string | undefined {
  if (kind === "word") return text.toLowerCase();
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : undefined;
}

/** Moves what a string names, as `'public.users_id_seq'` does. */
export function moveInString(text: string, { from, to }: SchemaMove): string {
  const start = [`'${from}.`, `'${quoteName(from)}.`].find((beginning) => text.startsWith(beginning));
  return start === undefined ? text : `'${quoteName(to)}.${text.slice(start.length)}`;
}

function isRegclass(after: readonly (Token | undefined)[]): boolean {
  return after.map((token) => token?.text).join("") === "::regclass";
}

/** Names of what stands before a dot: schemas, but for the columns of a policy's expressions. */
function schemasIn(tokens: readonly Token[]): (string | undefined)[] {
  const found = tokens
    .filter(
      ({ kind }, index) => kind !== "number" && tokens[index + 1]?.text === "." && tokens[index - 1]?.text !== ".",
    )
    .map(nameOf);
  return /^CREATE POLICY$/i.test(`${tokens[0]?.text} ${tokens[1]?.text}`) ? found.slice(0, 1) : found;
}

/** @throws {BackupError} BACKUP_INVALID when a statement is about another schema, which would be the live one's neighbour */
function refuseOthers(tokens: readonly Token[], { from }: SchemaMove): void {
  const other = schemasIn(tokens).find((name) => name !== from && name !== "pg_catalog");
  if (other === undefined) return;
  throw new BackupError("BACKUP_INVALID", {
    message: `The backup holds more than NERVE's schema (${other}), and cannot be loaded beside the live one: a role that may create databases (CREATEDB) can restore it, into a database that holds nothing else.`,
  });
}

function moved(tokens: readonly Token[], index: number, move: SchemaMove): string {
  const token = tokens[index];
  if (token === undefined) return "";
  const isSchema = tokens[index + 1]?.text === "." && tokens[index - 1]?.text !== "." && nameOf(token) === move.from;
  if (isSchema) return quoteName(move.to);
  const isName = token.text.startsWith("'") && isRegclass(tokens.slice(index + 1, index + 4));
  return isName ? moveInString(token.text, move) : token.text;
}

/**
 * Rewrites the statements that make the tables of an archive, so that they make them in another schema. Every name stands with its
 * schema, since archives empty the search path.
 * @param script as `checkStatements` takes it
 * @throws {BackupError} BACKUP_INVALID when one is about another schema
 */
export function moveStatements(script: string, move: SchemaMove): string[] {
  const bare = withoutGuards(script);
  const tokens = [...readTokens(bare, postgresLexis)];
  const statements: { shape: string; text: string }[] = [];
  let current = { shape: "", text: "" };
  let first = 0;
  let end = 0;
  for (const [index, token] of tokens.entries()) {
    current.text += bare.slice(end, token.start);
    end = token.start + token.text.length;
    if (token.text === ";") {
      if (!notMoved.test(current.shape)) {
        refuseOthers(tokens.slice(first, index), move);
        statements.push(current);
      }
      current = { shape: "", text: "" };
      first = index + 1;
      continue;
    }
    current.shape += `${token.text} `;
    current.text += moved(tokens, index, move);
  }
  return statements.map(({ text }) => text);
}
