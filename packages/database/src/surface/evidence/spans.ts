/** A part of a text, by UTF-16 offsets; `end` is the first that is no longer in it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds what is to be masked. It reads texts of any content in linear time. */
export type FindSpans = (text: string) => readonly Span[];

/** Adds spans to others: there may be more of them than a call takes arguments. */
export function addSpans(spans: Span[], more: Iterable<Span>): void {
  for (const span of more) spans.push(span);
}

/** Puts spans in order; those that overlap become one. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => (a.start === b.start ? a.end - b.end : a.start - b.start))) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end };
  }
  return merged;
}

/** The span without the white space at its ends; empty where there is nothing else. */
export function trimSpan(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from < to && isSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1;
  return { start: from, end: to };
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** Where a pattern is next found, from a place on; the end of the text where it is not. The pattern is global. */
export function nextMatch(text: string, pattern: RegExp, from: number): number {
  return matchFrom(text, pattern, from)?.index ?? text.length;
}

/** Matches a global or sticky pattern from a place on, or right there. */
export function matchFrom(text: string, pattern: RegExp, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}
