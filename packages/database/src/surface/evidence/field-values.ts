import type { FieldKind } from "./field-names.ts";
import type { FieldPlace } from "./field-places.ts";
import { endOfQuoted, quoteAt } from "./quotes.ts";
import { addSpans, matchFrom, nextMatch, type Span } from "./spans.ts";
import { partsOfValue } from "./value-parts.ts";

/** What of a value is masked, and where all of it ends. */
export interface FieldValue {
  readonly spans: readonly Span[];
  readonly end: number;
}

/** Letters that source code writes before a string. */
const stringPrefix = /(?:[bruf]{1,2}|[@$])(?=["'`])/iy;

/** Reads the value of a field, as far as the way it is written lets it go. */
export function readValue(text: string, place: FieldPlace, kind: FieldKind): FieldValue {
  const at = place.at + (matchFrom(text, stringPrefix, place.at)?.[0].length ?? 0);
  const quote = quoteAt(text, at);
  if (quote !== null) {
    // The quote that the field is in closes: there is no value.
    if (quote.mark === place.quote?.mark && quote.slashes <= place.quote.slashes) return { spans: [], end: at };
    const end = endOfQuoted(text, quote);
    return { spans: partsOfValue(text, kind, { start: quote.end, end }), end: Math.max(quote.end, end) };
  }
  return readList(text, at, kind) ?? readBlock(text, place) ?? readBare(text, place, kind);
}

/** Most characters of a list or an object that are read: behind that, it hardly still is one. */
const longestList = 16_384;
const listStart =
  /[[{(](?=\s*(?:\\*["'[{]|&quot;|[\w-]{1,100}\s*:\s|\d|$|[^\s\]})"'=]{1,200}(?:,\s|[\]})](?:[\s,;&"'<)}\]]|$))))/y;
const listToken = /(\\*["'`]|&quot;)|[[{(]|[\]})]|[^\s"'`[\]{}(),:;=\\&]+|[\\&]/g;
const nameEnd = /(?:\\*["']|&quot;)?\s*(?::|=>|=)/y;

/** A list or an object: all that stands in it, but for the names of its fields. */
function readList(text: string, at: number, kind: FieldKind): FieldValue | null {
  if (matchFrom(text, listStart, at) === null) return null;
  const spans: Span[] = [];
  const limit = at + longestList;
  let [depth, from] = [0, at];
  while (from < limit) {
    const token = matchFrom(text, listToken, from);
    if (token === null) return { spans, end: text.length };
    from = token.index + token[0].length;
    const quote = token[1] === undefined ? null : quoteAt(text, token.index);
    if ("[{(".includes(token[0])) depth += 1;
    else if ("]})".includes(token[0])) depth -= 1;
    else {
      const start = quote?.end ?? token.index;
      const end = quote === null ? from : endOfQuoted(text, quote);
      if (matchFrom(text, nameEnd, end) === null) addSpans(spans, partsOfValue(text, kind, { start, end }));
      from = Math.max(from, quote === null ? end : end + quote.slashes + quote.mark.length);
    }
    if (depth <= 0) break;
  }
  return { spans, end: from };
}

const blockStart = /[|>][-+\d]{0,2}[ \t]*\r?\n|\r?\n(?=(?:[ \t]*-[ \t]+|[ \t]+)[^\s:=]+[ \t]*(?:\r?\n|$))/y;
const lineOf = /([ \t]*)([^\n]*)(?:\n|$)/y;

/** A text of several lines, or a list, as YAML writes it: the lines that are indented further than the name. */
function readBlock(text: string, { name, at, separator, lineStart, isQuoted }: FieldPlace): FieldValue | null {
  if (lineStart !== "plain" || separator !== ":" || isQuoted) return null;
  const start = matchFrom(text, blockStart, at);
  if (start === null) return null;
  const indent = name.start - (text.lastIndexOf("\n", name.start) + 1);
  const spans: Span[] = [];
  let end = at + start[0].length;
  for (let line = matchFrom(text, lineOf, end); line !== null && line[0] !== ""; line = matchFrom(text, lineOf, end)) {
    const [all, spaces = "", rest = ""] = line;
    if (rest.trim() !== "") {
      const marker = rest.startsWith("- ") ? 2 : 0;
      if (spaces.length < indent || (spaces.length === indent && marker === 0)) break;
      const begin = end + spaces.length;
      addSpans(spans, partsOfValue(text, "secret", { start: begin + marker, end: begin + rest.length }));
    }
    end += all.length;
  }
  return { spans, end };
}

const ends = {
  line: /\n/g,
  foldedLine: /\n(?![ \t])/g,
  escapedLine: /\n|\\[rn]|"/g,
  lineInQuotes: /\n|\\r\\{1,8}n/g,
  json: /[\s,}\]"'`<]|&quot;/g,
  form: /[\s&]|\\u0026/g,
  formInQuotes: /[&\n]|\\u0026|\\r\\{1,8}n/g,
  inline: /[\s&"'<>`]|\\+u00(?:26|22|3[ce])/gi,
  listed: /[\s&"'<>`;]/g,
  encoded: /[\s&"'<>`]|%(?:25)*(?:26|22|0[AD])/gi,
};

/** A value that is not in quotes of its own. */
function readBare(text: string, place: FieldPlace, kind: FieldKind): FieldValue {
  const next = nextMatch(text, endOf(text, place, kind), place.at);
  const { quote } = place;
  const end = quote === null ? next : Math.min(next, endOfQuoted(text.slice(0, next), { ...quote, end: place.at }));
  let valueEnd = end;
  while (valueEnd > place.at && text.charAt(valueEnd - 1) === "\\") valueEnd -= 1;
  return { spans: partsOfValue(text, kind, { start: place.at, end: valueEnd }), end };
}

function endOf(text: string, place: FieldPlace, kind: FieldKind): RegExp {
  const { separator, lineStart, quote, isQuoted, name, at } = place;
  if (separator === "\n") return text.charAt(at - 1) === "\n" ? ends.line : ends.escapedLine;
  if (separator.startsWith("%")) return ends.encoded;
  if (!separator.endsWith(":")) return endOfAssigned(text, place);
  if (isQuoted) return ends.json;
  if (quote !== null) return ends.lineInQuotes;
  if (lineStart === "escaped") return ends.escapedLine;
  if (kind !== "secret" && isAtColumnZero(text, name)) return ends.foldedLine;
  return lineStart === "plain" || (kind !== "secret" && text.charAt(at - 1) === " ") ? ends.line : ends.inline;
}

/** The end of a value after an equals sign. */
function endOfAssigned(text: string, { quote, lineStart, name }: FieldPlace): RegExp {
  if (quote !== null) return ends.formInQuotes;
  if (lineStart === "plain") return ends.form;
  return /;\s?$/.test(text.slice(Math.max(0, name.start - 2), name.start)) ? ends.listed : ends.inline;
}

function isAtColumnZero(text: string, name: Span): boolean {
  return name.start === 0 || text.charAt(name.start - 1) === "\n";
}
