import type sanitizeHtml from "sanitize-html";
import { ValidationError } from "../errors/index.ts";
import { whenNeeded } from "../loading/when-needed.ts";
import { cutCodePoints, isLongerThan } from "./characters.ts";

export interface SanitizeOptions {
  /** The most code points that the answer holds; 255 unless told. */
  maxLength?: number | undefined;
  /** Whether a small set of formatting tags may stay; false unless told. */
  allowHtml?: boolean | undefined;
}

/** The parser's time grows with the square of how deep tags nest: a megabyte of `<b>` took 16 s, this many take 20 ms. */
const maxBrackets = 10_000;
const lineBreaksAndTabs = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
const controlsAndDirectionMarks = /[\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu;

const sanitizer = whenNeeded((load) => load("sanitize-html") as typeof sanitizeHtml);

/** Tags without attributes, and links that can neither run a script nor vouch for their target. */
const formatting: sanitizeHtml.IOptions = {
  allowedTags: ["a", "b", "blockquote", "br", "code", "em", "i", "li", "ol", "p", "pre", "s", "strong", "u", "ul"],
  allowedAttributes: { a: ["href", "rel"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  transformTags: {
    a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: "nofollow noopener noreferrer" } }),
  },
};

/** No tag stays, and the text inside each does, that of scripts and styles too: as plain text it runs nowhere. */
const noTags: sanitizeHtml.IOptions = { allowedTags: [], allowedAttributes: {}, nonTextTags: [] };

/**
 * Makes text from anywhere fit for a single-line field: well-formed, without control characters, without markup, trimmed and cut.
 *
 * In this order: lone surrogates become U+FFFD; line breaks and tabs become a space; every other control character and the
 * characters that override text direction go; HTML is sanitised; blanks at the ends go; the rest is cut by code points.
 * Without `allowHtml` the answer is plain text, not HTML: `a < b` and `AT&T` stay as they are, a tag that never ends goes with
 * what follows it, no `<` that is left can begin a tag, and a page that shows the text still has to escape it. With `allowHtml` the answer is HTML, whole even after the cut.
 *
 * @param value - text, a number, a boolean or a bigint (`0` gives `"0"`); `null` and `undefined` give `""`
 * @param options - `maxLength` in code points, 255 unless told; `allowHtml`, false unless told
 * @returns at most `maxLength` code points, perhaps none
 * @throws INVALID_INPUT for any other value, and for a `maxLength` that is not a whole number from 0
 * @example
 * sanitizeInput("<b>Nerve</b> & co\n"); // "Nerve & co"
 */
export function sanitizeInput(value: unknown, { maxLength = 255, allowHtml = false }: SanitizeOptions = {}): string {
  if (!Number.isSafeInteger(maxLength) || maxLength < 0) {
    throw new ValidationError([{ field: "maxLength", message: "must be a whole number from 0" }]);
  }
  const line = toText(value)
    .toWellFormed()
    .replaceAll(lineBreaksAndTabs, " ")
    .replaceAll(controlsAndDirectionMarks, "");
  const bounded = dropBracketsBeyond(line.trim());
  return allowHtml
    ? cutHtml(sanitizer()(bounded, formatting).trim(), maxLength)
    : cutText(stripTags(bounded), maxLength);
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  throw new ValidationError([{ field: "value", message: "must be text, a number or a boolean" }]);
}

function cutText(text: string, maxLength: number): string {
  return cutCodePoints(text.trim(), maxLength).trimEnd();
}

function dropBracketsBeyond(text: string): string {
  let index = -1;
  for (let brackets = 0; brackets < maxBrackets; brackets += 1) {
    index = text.indexOf("<", index + 1);
    if (index === -1) return text;
  }
  return text.slice(0, index) + text.slice(index).replaceAll("<", "");
}

// The controls are gone by now, so one of them can stand for the ampersand while the sanitiser, which writes HTML, is at work.
const ampersand = "\u0001";

/** Removes every tag; what is left is text in which no `<` begins one, not even one that the removal put together. */
function stripTags(text: string): string {
  if (!text.includes("<")) return text;
  return sanitizer()(text.replaceAll("&", ampersand), noTags)
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll(ampersand, "&")
    .replaceAll(/<+([a-z/!?]?)/giu, (brackets, next: string) => (next === "" ? brackets : next));
}

/** Cuts HTML to a length: a tag or entity cut in two goes as a whole, and tags left open are closed within the length. */
function cutHtml(html: string, maxLength: number): string {
  if (!isLongerThan(html, maxLength)) return html;
  let longest = "";
  let [low, high] = [1, maxLength];
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const whole = sanitizer()(dropUnfinishedMarkup(cutCodePoints(html, middle)), formatting).trim();
    const fits = !isLongerThan(whole, maxLength);
    if (fits) longest = whole;
    [low, high] = fits ? [middle + 1, high] : [low, middle - 1];
  }
  return longest;
}

// In sanitised HTML each `<` begins a tag and each `&` an entity.
function dropUnfinishedMarkup(html: string): string {
  const tag = html.lastIndexOf("<");
  const text = tag > html.lastIndexOf(">") ? html.slice(0, tag) : html;
  const entity = text.lastIndexOf("&");
  return entity > text.lastIndexOf(";") ? text.slice(0, entity) : text;
}
