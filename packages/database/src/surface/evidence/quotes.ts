import { matchFrom } from "./spans.ts";

/** A quotation mark as a text writes it: within a string it has backslashes before it, in HTML and URLs it is encoded. */
export interface Quote {
  readonly mark: string;
  readonly slashes: number;
  /** Where the mark ends. */
  readonly end: number;
}

const opening = /(\\*)("""|'''|["'`])|&(?:quot|apos|#0?3[49]|#x2[27]);|%(?:25)*2[27]|\\+u002[27]/iy;
const before = /(\\*)(["'`])$|(?:&(?:quot|apos|#0?3[49]|#x2[27]);|%(?:25)*2[27]|\\+u002[27])$/i;

/** The longest mark with backslashes before it that {@link quoteBefore} sees. */
const longestMark = 40;

/** The mark that opens a value at a place; null where there is none. */
export function quoteAt(text: string, at: number): Quote | null {
  const found = matchFrom(text, opening, at);
  return found === null ? null : asQuote(found, at + found[0].length);
}

/** The mark that ends right before a place. */
export function quoteBefore(text: string, at: number): Quote | null {
  const found = before.exec(text.slice(Math.max(0, at - longestMark), at));
  return found === null ? null : asQuote(found, at);
}

function asQuote([all, slashes = "", mark = all]: RegExpExecArray, end: number): Quote {
  return { mark, slashes: slashes.length, end };
}

/**
 * Where a value in quotes ends: before the mark that closes it. One that nothing closes ends where the paragraph does, for
 * what is shown may be cut, and a quote in prose may be an apostrophe.
 */
export function endOfQuoted(text: string, quote: Quote): number {
  const closing = closingOf(quote.mark);
  for (let from = quote.end; ;) {
    const found = matchFrom(text, closing, from);
    if (found === null) return text.length;
    if (found[0].startsWith("\n")) return found.index;
    const slashes = countSlashes(text, quote.end, found.index);
    if (closes(quote, slashes)) return found.index - Math.min(slashes, quote.slashes);
    from = found.index + found[0].length;
  }
}

/** In a string within a string, a mark with fewer backslashes closes the outer one, and one with more belongs to the value. */
function closes({ slashes: opened }: Quote, slashes: number): boolean {
  return slashes < opened || slashes % (2 * (opened + 1)) === opened;
}

const paragraphEnd = String.raw`\n[ \t\r]*\n`;

/** Made for each mark once: within addresses within addresses, there are more of them than can be listed. */
const closings = new Map<string, RegExp>();

function closingOf(mark: string): RegExp {
  const known = closings.get(mark);
  if (known !== undefined) return known;
  const written = mark.replaceAll("\\", "\\\\");
  // Three marks are for text of many lines, which may end with one of them.
  const isForMany = /^(?:"""|''')$/.test(mark);
  const pattern = new RegExp(isForMany ? `${written}(?!${mark.charAt(0)})` : `${written}|${paragraphEnd}`, "gi");
  if (mark.length <= longestMark) closings.set(mark, pattern);
  return pattern;
}

function countSlashes(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && text.charAt(at - 1) === "\\") at -= 1;
  return end - at;
}
