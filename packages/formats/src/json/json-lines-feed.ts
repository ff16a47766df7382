import { FormatError } from "../errors/format-error.ts";
import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { linesFeed } from "../lines/lines-feed.ts";
import { jsonFeed } from "./json-feed.ts";
import { isObject, type JsonObject } from "./values.ts";

interface LinesOptions {
  /** Lines that do not begin with `{` are the tool's own log, and no rejects. */
  readonly logs?: boolean;
}

/** An object of a report, its place, and its line where there is one. */
export type OnObject = (object: JsonObject, place: string, line: number) => void;

/** Reads one object of JSON in each line. */
export function jsonLinesFeed(into: Collector, onObject: OnObject, options: LinesOptions = {}): Feed {
  return linesFeed(into, (text, line) => {
    const place = `line ${line}`;
    const trimmed = text.trim();
    if (trimmed === "" || (options.logs === true && !trimmed.startsWith("{"))) return;
    if (isDeep(trimmed, into.limits.depth))
      throw new FormatError("REPORT_UNSAFE", place, `values are nested deeper than ${into.limits.depth}`);
    const value = parse(trimmed);
    if (isObject(value)) onObject(value, place, line);
    else into.reject(place, "the line is no object of JSON");
  });
}

/** Reads objects in whichever way they are written: a list, one in each line, or one after the other over several lines. */
export function objectsFeed(head: Head, into: Collector, onObject: OnObject, options: LinesOptions = {}): Feed {
  const whole = (value: unknown, _key: string, place: string) => {
    if (isObject(value)) onObject(value, place, 0);
    else into.reject(place, "the element is no object");
  };
  if (head.kind === "list") return jsonFeed(into, { "*": { whole } });
  const firstLine = head.text.trimStart().split("\n", 1)[0]?.trim() ?? "";
  const isOverLines =
    head.kind === "object" && firstLine.length < head.text.length - 1 && parse(firstLine) === undefined;
  // A broken first line of many is a reject; what opens an object and ends there goes on in the next.
  if (isOverLines && /^\{\s*(?:"[^"]*"\s*:\s*[^{}]*,?\s*)?$/.test(firstLine))
    return jsonFeed(into, { "": { whole } }, { several: true });
  return jsonLinesFeed(into, onObject, options);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether JSON is nested deeper than a limit; most lines have fewer brackets than that, which is soon found out. */
function isDeep(text: string, limit: number): boolean {
  if (!hasMore(text, "{", limit) && !hasMore(text, "[", limit)) {
    // Both together may still be too many.
    if (!hasMore(text, "{", limit / 2) && !hasMore(text, "[", limit / 2)) return false;
  }
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isString) {
      if (character === "\\") at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === "}" || character === "]") depth -= 1;
  }
  return false;
}

function hasMore(text: string, character: string, limit: number): boolean {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}
