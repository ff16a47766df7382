import type { Lexis } from "./lexis.ts";
import { readTokens } from "./sql-tokenizer.ts";

/**
 * The words, strings and signs of a statement, written so that equal statements have equal lists: words in lower case,
 * quoted names without their quotes where they need none.
 */
export function wordsOf(sql: string, lexis: Lexis): string[] {
  return [...readTokens(sql, lexis)].map(({ kind, text }) => {
    if (kind === "word") return text.toLowerCase();
    return /^"[a-z0-9_]+"$/.test(text) ? text.slice(1, -1) : text;
  });
}
