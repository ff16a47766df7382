import { kindOfField } from "./field-names.ts";
import { findPlace } from "./field-places.ts";
import { readValue } from "./field-values.ts";
import { addSpans, matchFrom, type Span } from "./spans.ts";

/** Part of every name that is looked for. */
const trigger = /pass|pwd|passwort|kennwort|secret|token|key|sess|sid|cred|auth|cookie|csrf|xsrf|\bpw\b/gi;
const ofName = /[\w.$-]*/y;

/** What is longer is no name, and the end of it may still be one. */
const longestName = 128;

/**
 * Finds fields by their names, and of their values what is masked: headers, forms, query strings, JSON and the like, YAML,
 * settings, options of commands, and variables of source code.
 */
export function findFields(text: string): Span[] {
  const spans: Span[] = [];
  for (let found = matchFrom(text, trigger, 0), from = 0; found !== null; found = matchFrom(text, trigger, from)) {
    const name = nameAround(text, found.index, from);
    const value = readField(text, name);
    addSpans(spans, value.spans);
    from = Math.max(name.end, value.end);
  }
  return spans;
}

function readField(text: string, name: Span): { spans: readonly Span[]; end: number } {
  const nothing = { spans: [], end: name.end };
  const written = text.slice(name.start, name.end);
  const kind = kindOfField(written, true);
  const place = kind === null ? null : findPlace(text, name, kind);
  if (kind === null || place === null) return nothing;
  const isCertain = place.isQuoted || !place.separator.endsWith(":");
  return isCertain || kindOfField(written, false) !== null ? readValue(text, place, kind) : nothing;
}

/** The whole name around a part of it, without an escape that ends right before it, and nothing of what was read before. */
function nameAround(text: string, at: number, from: number): Span {
  const end = at + (matchFrom(text, ofName, at)?.[0].length ?? 0);
  let start = at;
  while (start > from && end - start < longestName && /[\w.$-]/.test(text.charAt(start - 1))) start -= 1;
  const escape = text.slice(Math.max(0, start - 1), start + 5);
  const length =
    /^%[0-9A-F]{2}/i.exec(escape)?.[0].length ?? /^\\(?:u[0-9A-F]{4}|x[0-9A-F]{2}|[nrtbf])/i.exec(escape)?.[0].length;
  return { start: length === undefined ? start : Math.min(at, start + length - 1), end: Math.max(end, at + 1) };
}
