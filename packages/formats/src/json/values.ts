/** Values of JSON that a report gave: read by these functions, which take nothing for granted and nothing inherited. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text or number as text, trimmed; anything else is empty. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" ? String(value) : "";
}

/** The first of some keys that holds a text or number, as text; else empty. */
export function textOf(object: JsonObject, ...keys: string[]): string {
  for (const key of keys) {
    const text = Object.hasOwn(object, key) ? asText(object[key]) : "";
    if (text !== "") return text;
  }
  return "";
}

/** The first text that is not empty, else an empty one. */
export function firstText(...texts: readonly string[]): string {
  return texts.find((text) => text !== "") ?? "";
}

/** A number, or a text that is one. */
export function numberOf(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A whole number that is not negative: a line, a port, a count. */
export function countOf(object: JsonObject, key: string): number | undefined {
  const number = numberOf(object, key);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** A line or column, which are counted from 1. */
export function lineOf(object: JsonObject, key: string): number | undefined {
  const line = countOf(object, key);
  return line === 0 ? undefined : line;
}

/** The object of a key, or an empty one. */
export function objectOf(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(value) ? value : {};
}

/** The list of a key; what is no list is one of one, and null is an empty one. */
export function listOf(object: JsonObject, key: string): readonly unknown[] {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** The objects of a list. */
export function objectsOf(object: JsonObject, key: string): readonly JsonObject[] {
  return listOf(object, key).filter((value) => isObject(value));
}

/** The texts of a list, or of one text with commas in it. */
export function textsOf(object: JsonObject, ...keys: string[]): string[] {
  for (const key of keys) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    const list = typeof value === "string" ? value.split(/[,\n]/) : listOf(object, key);
    const texts = list.map((one) => asText(one)).filter((text) => text !== "");
    if (texts.length > 0) return texts;
  }
  return [];
}

/** A time; what has no zone is taken for UTC, and what is no time for none. */
export function timeOf(object: JsonObject, ...keys: string[]): Date | undefined {
  return readTime(textOf(object, ...keys));
}

/** Reads a time: ISO 8601, what `Date` reads, or seconds since 1970. */
export function readTime(text: string): Date | undefined {
  if (text === "") return undefined;
  if (whole.test(text)) return validTime(text);
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) return new Date(Number(text) * 1000);
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?(?:\.\d+)?)$/.exec(text);
  return validTime(local === null ? withZone(text) : `${local[1]}T${local[2]}Z`);
}

/** ISO 8601 with its zone, which is how most tools write. */
const whole = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;

function validTime(text: string): Date | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Zones of Java's dates that `Date` does not know. */
const zones: ReadonlyMap<string, string> = new Map([
  ["WEST", "+0100"],
  ["BST", "+0100"],
  ["CET", "+0100"],
  ["CEST", "+0200"],
  ["EET", "+0200"],
  ["EEST", "+0300"],
  ["MSK", "+0300"],
  ["IST", "+0530"],
  ["JST", "+0900"],
  ["AEST", "+1000"],
  ["AEDT", "+1100"],
]);

const known = /\b(?:GMT|UTC?|[ECMP][SD]T)\b|[\d ][+-]\d\d:?\d\d(?!\d)|Z$/i;

/** A time with its zone: `Sat Sep 13 22:35:04 CEST 2014`; `Date` would take one without for the machine's own. */
function withZone(text: string): string {
  if (known.test(text)) return text;
  const named = /^(.*\d) ([A-Z]{2,5}) (\d{4})$/.exec(text);
  return named === null ? `${text} UTC` : `${named[1]} ${zones.get(named[2] ?? "") ?? "UTC"} ${named[3]}`;
}
