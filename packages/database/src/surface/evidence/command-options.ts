import { endOfQuoted, quoteAt } from "./quotes.ts";
import { addSpans, matchFrom, nextMatch, type Span } from "./spans.ts";
import { partsOfValue } from "./value-parts.ts";

const option =
  /(?<=\s)(?:-[a-zA-Z]{0,5}([uUb])|--(?:proxy-)?user|--oauth2-bearer)(?:[ \t]+|=|(?=["'$]|[^\s:-]{1,100}:))/g;
const wordEnd = /\s/g;

/** Finds what curl is given to sign in with by options whose names do not say it: `-u`, `-U`, `-b` and their long forms. */
export function findCommandOptions(text: string): Span[] {
  if (!/\bcurl\b/i.test(text)) return [];
  const spans: Span[] = [];
  for (let found = matchFrom(text, option, 0); found !== null;) {
    const at = found.index + found[0].length;
    const quote = quoteAt(text, at + (text.charAt(at) === "$" ? 1 : 0));
    const start = quote?.end ?? at;
    const end = quote === null ? nextMatch(text, wordEnd, at) : Math.max(start, endOfQuoted(text, quote));
    addSpans(spans, partsOfValue(text, found[1] === "b" ? "cookies" : "secret", { start, end }));
    found = matchFrom(text, option, Math.max(end, at));
  }
  return spans;
}
