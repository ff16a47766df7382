import { matchFrom, nextMatch, type Span } from "./spans.ts";

/** The line before a private key: PEM, OpenSSH and PGP, that of SSH2, and the place in PuTTY's files; spaces may be encoded. */
const keyBegins =
  /-----BEGIN(?: |\+|%20)(?:[A-Z0-9 +%]{1,40}(?: |\+|%20))?PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----|---- BEGIN SSH2 [A-Z ]{0,20}PRIVATE KEY ----|Private-Lines: \d{1,4}/g;
const anyBegins = /-----BEGIN|---- BEGIN|Private-Lines:/g;
const anyEnds = /-----END|---- END|Private-MAC:/g;

/** What may stand between two lines of a key: line breaks, also escaped, and what joins the pieces of a string in source code. */
const between = /(?:\\[nrt]|%0[AD]|[ \t]\+(?=\s)|[\s"'\\>|,*#&;])*/y;
const line = /[A-Za-z0-9+/=]+/y;
const attribute = /[A-Z][\w-]{1,30}: [^\r\n\\]{0,200}(?=[\r\n\\])/y;

/** Lines of a key have this many characters; only the last one may have fewer. */
const shortestLine = 16;

/** More than stands between a key and its last line. */
const longestGap = 40;

/** Finds private keys, also those whose end is cut off; the lines around them stay. */
export function findKeyBlocks(text: string): Span[] {
  const spans: Span[] = [];
  let [from, end, begin] = [0, -1, -1];
  for (let found = matchFrom(text, keyBegins, 0); found !== null; found = matchFrom(text, keyBegins, from)) {
    const start = found.index + found[0].length;
    // Both are looked for from where they were last found, so that no part of the text is read twice.
    if (end < start) end = nextMatch(text, anyEnds, start);
    if (begin < start) begin = nextMatch(text, anyBegins, start);
    const body = skip(text, between, start);
    from = end < begin ? end : endOfCut(text, body);
    if (from > body) spans.push({ start: body, end: lastOfKey(text, from, body) });
    from = Math.max(from, start);
  }
  return spans;
}

/** Where the lines of a key end that has no last line. */
function endOfCut(text: string, start: number): number {
  let at = start;
  for (let attributes = 0; attributes < 5; attributes += 1) {
    const next = skip(text, attribute, at);
    if (next === at) break;
    at = skip(text, between, next);
  }
  let end = at === start ? start : at;
  for (;;) {
    const next = skip(text, line, at);
    if (next - at < shortestLine) return next > at && (next === text.length || end > start) ? next : end;
    end = next;
    at = skip(text, between, next);
  }
}

/** What stands between the last line of a key and the line behind it is none of the key. */
function lastOfKey(text: string, end: number, start: number): number {
  const tail = text.slice(Math.max(start, end - longestGap), end);
  return end - (/(?:\\[nr]|%0[AD]|[\s"'\\>|,*#&;])*$/.exec(tail)?.[0].length ?? 0);
}

function skip(text: string, pattern: RegExp, from: number): number {
  return from + (matchFrom(text, pattern, from)?.[0].length ?? 0);
}
