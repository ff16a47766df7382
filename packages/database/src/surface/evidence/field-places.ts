import type { FieldKind } from "./field-names.ts";
import { type Quote, quoteBefore } from "./quotes.ts";
import { matchFrom, type Span } from "./spans.ts";

/** A field by its name, and where its value begins. */
export interface FieldPlace {
  readonly name: Span;
  /** Where the value begins, behind white space. */
  readonly at: number;
  /** What stands between name and value: text that holds `=`, `:` or their codes; empty where nothing but space does. */
  readonly separator: string;
  /** The quote right before the name, which the value ends with too unless it is closed behind the name. */
  readonly quote: Quote | null;
  /** Whether the name is in quotes, as in JSON. */
  readonly isQuoted: boolean;
  readonly lineStart: "none" | "plain" | "escaped";
}

const closers =
  /(?:\\*["'`]|\]|\)|\[\d{0,6}\]|%(?:25)*(?:22|27|5D)|&(?:quot|apos|#0?3[49]|#x2[27]);|\\+u002[27]){0,3}/iy;
const separator = /[ \t]*(?:=>|:=|={1,3}|:(?!:|\/\/)|!={1,2}|%(?:25)*3[AD]|&#(?:58|61);|\\+u003d)[ \t]*/iy;
const separatorInJson = /\s*(?:=>|:=|={1,3}|:(?!:)|%(?:25)*3[AD]|\\+u003d)\s*/iy;
/** The type of a variable, between its name and its value. */
const typeBefore = /[ \t]+(?:string|str|char|const char)(?:\[\d*\])?[ \t]*=[ \t]*(?=["'`])/iy;
const typeBehind =
  /(?:Optional\[|Final\[)?&?(?:'static )?(?:str|string|bytes|any|SecretStr|CharSequence)\]?\??[ \t]*=[ \t]*(?=\w{0,2}["'`])/iy;
const space = /[ \t]+(?=["'])/y;
const afterOption = /[ \t]+(?!-)/y;
const comma = /\s*,\s*(?=\w?\\*["'`])/y;
/** `"name": "password", "value": "…"`, and the same as YAML. */
const valueBehind =
  /[ \t]{0,40}(?:\r?\n[ \t]{0,80})?(?:,\s{0,80})?(?:\\*["'])?(?:value|val|content|string|default)(?:\\*["'])?\s*[:=]\s*/iy;
const nameBefore =
  /(?:name|key|header|field|id|param|parameter|variable|property)(?:\\*["'])?\s{0,8}[:=]\s{0,8}(?:\\*["'])?$/i;
/** The lines between a field's name and its value in a body of several parts. */
const partHead =
  /[^\r\n\\]{0,200}(?:\r?\n|(?:\\+r)?\\+n)(?:[^\r\n\\]{1,200}(?:\r?\n|(?:\\+r)?\\+n)){0,5}(?:\r?\n|(?:\\+r)?\\+n)/y;

const isQuoteMark = /["'`;]|%(?:25)*2[27]|u002/i;
const plainLine = /(?:^|[\r\n])[ \t>|<*+#-]*$/;
const escapedLine = /\\[nr][ \t]*$/;

/** How much of what is before a name is looked at. */
const nearBy = 48;

/** Finds where the value of a field begins; null where none does, so that the name is but a word. */
export function findPlace(text: string, name: Span, kind: FieldKind): FieldPlace | null {
  const closer = matchFrom(text, closers, name.end)?.[0] ?? "";
  const quote = quoteBefore(text, name.start);
  const isQuoted = quote !== null && isQuoteMark.test(closer);
  const near = text.slice(Math.max(0, name.start - nearBy), name.start);
  const from = name.end + closer.length;
  const direct = matchFrom(text, isQuoted ? separatorInJson : separator, from);
  const found =
    direct === null
      ? findFurther(text, { name, from, near, isQuoted, isHeader: kind !== "secret" || isHeaderName(text, name) })
      : { separator: direct[0].trim(), at: behind(text, typeBehind, from + direct[0].length) };
  if (found === null) return null;
  return { ...found, name, quote: isQuoted ? null : quote, isQuoted, lineStart: lineStartOf(near) };
}

interface Beginning {
  readonly name: Span;
  readonly from: number;
  readonly near: string;
  readonly isQuoted: boolean;
  readonly isHeader: boolean;
}

/** A value that no separator joins to its name. */
function findFurther(text: string, { name, from, near, isQuoted, isHeader }: Beginning) {
  const isOption = text.charAt(name.start) === "-" && /(?:^|[\s"'`])$/.test(near);
  const isArgument = isQuoted && (isHeader || isOption || /\(\s*\\*["'`]$/.test(near));
  const isNamed = nameBefore.test(near);
  const ways: readonly [isOne: boolean, pattern: RegExp, separator: string][] = [
    [isNamed && /form-data/i.test(near), partHead, "\n"],
    [isNamed, valueBehind, ":"],
    [isArgument, comma, ","],
    [!isQuoted, typeBefore, "="],
    [!isQuoted && isOption, afterOption, ""],
    [!isQuoted, space, ""],
  ];
  for (const [isOne, pattern, joined] of ways) {
    const at = isOne ? behind(text, pattern, from) : from;
    if (at > from) return { at, separator: joined };
  }
  return null;
}

function behind(text: string, pattern: RegExp, from: number): number {
  return from + (matchFrom(text, pattern, from)?.[0].length ?? 0);
}

function isHeaderName(text: string, name: Span): boolean {
  return /^(?:x-|api-?key)/i.test(text.slice(name.start, name.start + 8));
}

function lineStartOf(near: string): FieldPlace["lineStart"] {
  if (escapedLine.test(near)) return "escaped";
  return plainLine.test(near) ? "plain" : "none";
}
