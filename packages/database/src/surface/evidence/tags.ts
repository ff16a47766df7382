import { kindOfField } from "./field-names.ts";
import { endOfQuoted, quoteAt } from "./quotes.ts";
import { matchFrom, nextMatch, type Span, trimSpan } from "./spans.ts";

/** How brackets are written: as they are, in HTML, in JSON and in URLs. */
const brackets = [
  bracketsOf("<", ">", "/"),
  bracketsOf("&lt;", "&gt;", "/"),
  bracketsOf(String.raw`\\u003c`, String.raw`\\u003e`, String.raw`\\?/`),
  bracketsOf("%3C", "%3E", "(?:/|%2F)"),
];
type Brackets = ReturnType<typeof bracketsOf>;

function bracketsOf(open: string, close: string, slash: string) {
  const start = String.raw`${open}(?:[\w-]{1,64}(?::|%3A))?([A-Za-z][\w.-]{0,127})`;
  return {
    start: new RegExp(start, "gi"),
    startHere: new RegExp(start, "iy"),
    end: new RegExp(close, "iy"),
    open: new RegExp(open, "gi"),
    closing: new RegExp(open + slash, "iy"),
  };
}

interface Attribute {
  readonly name: string;
  readonly value: Span;
}

/**
 * Finds what elements of XML and HTML hold whose own name, or whose attribute `name`, `key` or `id`, is that of a secret: their text, and
 * their attributes `value` and `content`.
 */
export function findTags(text: string): Span[] {
  return brackets.flatMap((kind) => findWritten(text, kind));
}

function findWritten(text: string, kind: Brackets): Span[] {
  const spans: Span[] = [];
  for (let found = matchFrom(text, kind.start, 0); found !== null;) {
    const { attributes, end } = readTag(text, kind, found.index + found[0].length);
    let from = end;
    if (isSecret(text, found[1] ?? "", attributes)) {
      const values = attributes.filter(({ name }) => name === "value" || name === "content");
      spans.push(...values.map(({ value }) => value));
      const content = values.length > 0 ? null : contentOf(text, kind, end);
      if (content !== null) spans.push(content);
      from = content?.end ?? end;
    }
    found = matchFrom(text, kind.start, from);
  }
  return spans;
}

function isSecret(text: string, element: string, attributes: readonly Attribute[]): boolean {
  if (kindOfField(element, true) !== null) return true;
  return attributes.some(({ name, value: { start, end } }) => {
    const value = text.slice(start, Math.min(end, start + 200));
    if (name === "type") return value.toLowerCase() === "password";
    return /^(?:name|key|id|field|property)$/.test(name) && kindOfField(value, true) !== null;
  });
}

const attributeName = /\s*([\w:.-]{1,64})\s*=\s*/y;
const otherWord = /\s*[\w:./?-]+|\s+/y;
const bareValue = /[^\s"'<>`]*/y;

/** Reads the attributes of a tag; where it ends, or what is behind is none of it. */
function readTag(text: string, kind: Brackets, start: number): { attributes: Attribute[]; end: number } {
  const attributes: Attribute[] = [];
  let at = start;
  for (;;) {
    const closing = matchFrom(text, kind.end, at);
    if (closing !== null) return { attributes, end: at + closing[0].length };
    const name = matchFrom(text, attributeName, at);
    if (name === null) {
      const next = matchFrom(text, otherWord, at);
      if (next === null) return { attributes, end: at };
      at += next[0].length;
      continue;
    }
    const value = readAttribute(text, at + name[0].length);
    attributes.push({ name: (name[1] ?? "").toLowerCase(), value: value.span });
    at = value.end;
  }
}

function readAttribute(text: string, at: number): { span: Span; end: number } {
  const quote = quoteAt(text, at);
  if (quote === null) {
    const end = at + (matchFrom(text, bareValue, at)?.[0].length ?? 0);
    return { span: { start: at, end }, end };
  }
  const end = Math.max(quote.end, endOfQuoted(text, quote));
  return { span: { start: quote.end, end }, end: Math.min(text.length, end + quote.slashes + quote.mark.length) };
}

const cdata = /\s*<!\[CDATA\[/y;
const cdataEnd = /\]\]>/g;

/** How deep the text of an element may be in others. */
const deepest = 4;

/** The text of an element, or of the first one in it that has one. */
function contentOf(text: string, kind: Brackets, start: number): Span | null {
  let from = start;
  for (let depth = 0; depth <= deepest; depth += 1) {
    const section = matchFrom(text, cdata, from);
    if (section !== null) {
      const begin = from + section[0].length;
      return { start: begin, end: nextMatch(text, cdataEnd, begin) };
    }
    const end = nextMatch(text, kind.open, from);
    const content = trimSpan(text, { start: from, end });
    if (content.start < content.end) return content;
    const inner = matchFrom(text, kind.closing, end) === null ? matchFrom(text, kind.startHere, end) : null;
    if (inner === null) return null;
    from = readTag(text, kind, end + inner[0].length).end;
  }
  return null;
}
