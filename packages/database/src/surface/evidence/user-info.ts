import { matchFrom, nextMatch, type Span } from "./spans.ts";

/** How an address with a host begins, also as JSON and as a part of another address write it. */
const begins = /:(?:\\*\/){2}|%3A(?:%2F){2}/gi;
const plain = { at: /@/g, ends: /[\s/?#"'<>`\\|]/g, anyEnds: /[\s"'<>`|]/g };
const encoded = { at: /%40|@/gi, ends: /[\s/?#"'<>`\\|&]|%2F|%3F|%23/gi, anyEnds: /[\s"'<>`|&]/g };
type Marks = typeof plain;

/** What everybody writes before the host of a repository is no secret. */
const harmless = new Set(["git"]);

/** Finds user names and passwords in URLs: all that stands before the host. */
export function findUserInfo(text: string): Span[] {
  const spans: Span[] = [];
  const find = { plain: new NextMarks(text, plain), encoded: new NextMarks(text, encoded) };
  for (let found = matchFrom(text, begins, 0); found !== null;) {
    const start = found.index + found[0].length;
    const end = endOfUserInfo(text, start, find[found[0].startsWith("%") ? "encoded" : "plain"]);
    if (end > start && !harmless.has(text.slice(start, end))) spans.push({ start, end });
    found = matchFrom(text, begins, Math.max(start, end));
  }
  return spans;
}

/** Remembers where each mark is next, so that many addresses before one mark read what lies between once. */
class NextMarks {
  readonly #text: string;
  readonly #marks: Marks;
  readonly #next: Record<keyof Marks, number> = { at: -1, ends: -1, anyEnds: -1 };

  constructor(text: string, marks: Marks) {
    this.#text = text;
    this.#marks = marks;
  }

  next(mark: keyof Marks, from: number): number {
    if (this.#next[mark] < from) this.#next[mark] = nextMatch(this.#text, this.#marks[mark], from);
    return this.#next[mark];
  }
}

/** The place of the mark between user info and host: the last one before the path; `start` where there is none. */
function endOfUserInfo(text: string, start: number, marks: NextMarks): number {
  const pathStart = marks.next("ends", start);
  const end = lastAt(start, pathStart, marks);
  if (end > start) return end;
  // A password that was not encoded may hold what begins a path; a port does not.
  const hasPort = /^[^\s/?#:@]*:(?:\d{0,5}(?:[/?#\\]|$)|$)/.test(text.slice(start, pathStart + 1));
  const isName = /^[\w.+-]*:/.test(text.slice(start, Math.min(pathStart, start + 100)));
  return isName && !hasPort ? lastAt(start, marks.next("anyEnds", start), marks) : start;
}

function lastAt(start: number, end: number, marks: NextMarks): number {
  let last = start;
  for (let at = marks.next("at", start); at < end; at = marks.next("at", at + 1)) last = at;
  return last;
}
