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

/** Whether a text has one of these names in it, in whatever case and quotes. */
export function mentionsAny(sql: string, names: readonly string[]): boolean {
  const found = new Set(sql.toLowerCase().match(/[\p{L}\p{N}_$]+/gu));
  return names.some((name) => found.has(name));
}
