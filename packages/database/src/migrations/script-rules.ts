import type { Lexis } from "../engines/shared/lexis.ts";
import { readTokens, type Token, UnfinishedSqlError } from "../engines/shared/sql-tokenizer.ts";

/**
 * Says why a script cannot be run in one transaction with its record.
 *
 * @returns a sentence that completes "sql …"; undefined when nothing speaks against it
 */
export function findScriptFault(sql: string, lexis: Lexis): string | undefined {
  // To a driver in C, the text would end there.
  if (sql.includes("\0")) return "must not hold the NUL character";
  try {
    return findStatementFault(readTokens(sql, lexis), lexis);
  } catch (error) {
    if (error instanceof UnfinishedSqlError) return `is not complete: ${error.message}`;
    throw error;
  }
}

/** How many words of a statement tell what it does. */
const tellingWords = 3;

function findStatementFault(tokens: Iterable<Token>, lexis: Lexis): string | undefined {
  let words: string[] = [];
  let isEmpty = true;
  let inTrigger = false;
  for (const { kind, text } of tokens) {
    if (kind === "parameter") return "must not hold parameters: a migration has no values to bind";
    if (text === ";") {
      words = [];
      continue;
    }
    if (words.length === tellingWords) continue;
    isEmpty = false;
    words.push(kind === "word" ? text.toUpperCase() : "");
    const [first = ""] = words;
    if (lexis.triggerBodies && createsTrigger(words)) inTrigger = true;
    if (words.length > 1) continue;
    // No statement of a trigger's body begins with one of these words, and after a semicolon END can only close it.
    if (inTrigger && first === "END") inTrigger = false;
    else if (lexis.uncontainable.has(first))
      return `must not hold ${first}: it runs in one transaction with its record`;
  }
  return isEmpty ? "must hold at least one statement" : undefined;
}

function createsTrigger([first, second, third]: readonly string[]): boolean {
  if (first !== "CREATE") return false;
  return second === "TRIGGER" || ((second === "TEMP" || second === "TEMPORARY") && third === "TRIGGER");
}
