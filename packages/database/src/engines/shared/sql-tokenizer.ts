import type { Lexis } from "./lexis.ts";

/** A piece of SQL that means something; comments and white space are left out. */
export interface Token {
  /** `word` is a keyword or an unquoted name; `quoted` a string or a quoted name; `symbol` a single character. */
  readonly kind: "word" | "number" | "quoted" | "symbol" | "parameter";
  readonly text: string;
  /** Where it stands in the SQL. */
  readonly start: number;
}

/** SQL that ends inside a string, a quoted name or a comment. */
export class UnfinishedSqlError extends Error {}

const space = " \t\n\f\r";
// Both engines count every character beyond ASCII as a letter.
const word = /[A-Za-z_\u0080-\uFFFF][A-Za-z0-9_$\u0080-\uFFFF]*/y;
const number = /[0-9]+/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uFFFF][A-Za-z0-9_\u0080-\uFFFF]*)?\$/y;
const commentMark = /\/\*|\*\//g;

/**
 * Reads SQL as the engine's own lexer does, so that what stands in a string, a quoted name or a comment is never taken
 * for a statement, and no statement is taken for one of these.
 *
 * @throws {UnfinishedSqlError} when a string, a quoted name or a comment does not end
 */
export function* readTokens(sql: string, lexis: Lexis): Generator<Token> {
  let position = 0;
  while (position < sql.length) {
    const skipped = skipSilence(sql, position, lexis);
    if (skipped > position) {
      position = skipped;
      continue;
    }
    const token = readToken(sql, position, lexis);
    yield token;
    position += token.text.length;
  }
}

/** @returns where the white space or the comment at this place ends; the place itself when there is none */
function skipSilence(sql: string, start: number, lexis: Lexis): number {
  const character = sql.charAt(start);
  if (space.includes(character) || lexis.moreSpace.includes(character)) return start + 1;
  if (sql.startsWith("--", start)) return endOfLine(sql, start, lexis);
  if (sql.startsWith("/*", start)) return endOfBlockComment(sql, start, lexis);
  return start;
}

function endOfLine(sql: string, start: number, { lineEnds }: Lexis): number {
  let end = start;
  while (end < sql.length && !lineEnds.includes(sql.charAt(end))) end += 1;
  return end;
}

function endOfBlockComment(sql: string, start: number, { nestedComments }: Lexis): number {
  commentMark.lastIndex = start + 2;
  let depth = 1;
  for (let mark = commentMark.exec(sql); mark !== null; mark = commentMark.exec(sql)) {
    if (mark[0] === "*/") depth -= 1;
    else if (nestedComments) depth += 1;
    // `/*/` opens a comment there, whose slash may close this one here.
    else commentMark.lastIndex -= 1;
    if (depth === 0) return commentMark.lastIndex;
  }
  throw new UnfinishedSqlError("a comment does not end");
}

function readToken(sql: string, start: number, lexis: Lexis): Token {
  const character = sql.charAt(start);
  const quoted = readQuoted(sql, start, lexis);
  if (quoted !== undefined) return { kind: "quoted", text: quoted, start };
  if (lexis.parameterSigns.includes(character)) return { kind: "parameter", text: character, start };
  const name = matchAt(word, sql, start);
  if (name !== undefined) return { kind: "word", text: name, start };
  const digits = matchAt(number, sql, start);
  return digits === undefined ? { kind: "symbol", text: character, start } : { kind: "number", text: digits, start };
}

function readQuoted(sql: string, start: number, lexis: Lexis): string | undefined {
  const character = sql.charAt(start);
  if (character === "'" || character === '"') return readUntil(sql, start, start + 1, character);
  if (lexis.escapeStrings && /^[eE]'/.test(sql.slice(start, start + 2))) return readEscapeString(sql, start);
  const tag = lexis.dollarQuotes ? matchAt(dollarTag, sql, start) : undefined;
  if (tag !== undefined) return readDollarQuoted(sql, start, tag);
  const closing = lexis.nameQuotes[character];
  return closing === undefined ? undefined : readUntil(sql, start, start + 1, closing);
}

/** Reads to the closing character; a doubled one stands for itself, except that `]` cannot be doubled. */
function readUntil(sql: string, start: number, from: number, closing: string): string {
  for (let end = sql.indexOf(closing, from); end !== -1; end = sql.indexOf(closing, end + 2)) {
    if (closing === "]" || sql.charAt(end + 1) !== closing) return sql.slice(start, end + 1);
  }
  throw new UnfinishedSqlError("a string or a quoted name does not end");
}

function readEscapeString(sql: string, start: number): string {
  for (let end = start + 2; end < sql.length; end += 1) {
    const character = sql.charAt(end);
    if (character === "\\" || (character === "'" && sql.charAt(end + 1) === "'")) end += 1;
    else if (character === "'") return sql.slice(start, end + 1);
  }
  throw new UnfinishedSqlError("a string does not end");
}

function readDollarQuoted(sql: string, start: number, tag: string): string {
  const end = sql.indexOf(tag, start + tag.length);
  if (end === -1) throw new UnfinishedSqlError("a dollar-quoted string does not end");
  return sql.slice(start, end + tag.length);
}

function matchAt(pattern: RegExp, sql: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(sql)?.[0];
}
