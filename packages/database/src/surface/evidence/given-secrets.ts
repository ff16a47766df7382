import { matchFrom, type Span } from "./spans.ts";

/** A spelling of a secret, and what it takes to find it. */
export interface Search {
  readonly needle: string;
  /** For each length of a beginning: how much of the needle its end could begin anew (Knuth, Morris, Pratt). */
  readonly borders: readonly number[];
  /** Whether it is so short that it counts only where no letter or digit stands beside it. */
  readonly alone: boolean;
}

/** Shorter ones stand within many words. */
const shortestWithin = 4;
/** Fewer characters of base64 say nothing. */
const shortestBase64 = 8;
/** A line of a longer secret that is masked by itself too, for tools show single lines. */
const shortestLine = 16;
/** The engine's own search finds this much of a needle quickly; with all of it, some texts would take it long. */
const soughtFirst = 8;

/** Makes the searches for secrets in all their spellings. */
export function searchesFor(secrets: readonly string[]): Search[] {
  const needles = new Set(secrets.flatMap((secret) => partsOf(secret.trim()).flatMap(spellingsOf)));
  needles.delete("");
  return Array.from(needles, (needle) => ({
    needle,
    borders: bordersOf(needle),
    alone: needle.length < shortestWithin,
  }));
}

/** Finds secrets that the caller knows. */
export function findGivenSecrets(text: string, searches: readonly Search[]): Span[] {
  return searches.flatMap((search) => findAll(text, search));
}

/** The secret, and those of its lines that tell enough of it; not the lines that only frame a key. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  if (lines.length === 1) return [secret];
  return [secret, ...lines.filter((line) => line.length >= shortestLine && !line.startsWith("-----"))];
}

function spellingsOf(secret: string): string[] {
  const unix = secret.replaceAll("\r\n", "\n");
  return [...new Set([secret, unix, unix.replaceAll("\n", "\r\n")])].flatMap((text) => [
    text,
    ...percentSpellings(text),
    ...jsonSpellings(text),
    ...base64Spellings(text),
  ]);
}

function percentSpellings(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const strict = component.replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const spellings = [component, strict, encodeURI(text.toWellFormed()), strict.replaceAll("%20", "+")];
  const twice = encodeURIComponent(strict);
  const all = [...spellings, twice];
  return [...all, ...all.map((one) => one.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** As JSON writes it, with what some writers escape besides, and as JSON within JSON. */
function jsonSpellings(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const once = [
    plain,
    plain.replaceAll("/", String.raw`\/`),
    plain.replaceAll(/[<>&'=+]/g, unicodeEscape),
    plain.replaceAll(/[<>&]/g, unicodeEscape),
    plain.replaceAll(/[^\0-~]/g, unicodeEscape),
  ];
  return [...once, ...once.map((one) => JSON.stringify(one).slice(1, -1))];
}

function unicodeEscape(unit: string): string {
  return String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * base64 of the secret behind none, one and two bytes, as in `user:secret`: without the characters at its ends that depend
 * on what is beside it.
 */
function base64Spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const own = encoded.slice(Math.ceil((before * 8) / 6), whole);
    if (own.length < shortestBase64) return [];
    const url = own.replaceAll("+", "-").replaceAll("/", "_");
    return [own, url, encodeURIComponent(own)];
  });
}

function bordersOf(needle: string): number[] {
  const borders = [0, 0];
  let length = 0;
  for (let at = 1; at < needle.length; at += 1) {
    while (length > 0 && needle[at] !== needle[length]) length = borders[length] ?? 0;
    if (needle[at] === needle[length]) length += 1;
    borders.push(length);
  }
  return borders;
}

function findAll(text: string, { needle, borders, alone }: Search): Span[] {
  const spans: Span[] = [];
  const head = needle.slice(0, soughtFirst);
  let held = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (held === 0) {
      at = text.indexOf(head, at);
      if (at === -1) break;
    }
    while (held > 0 && text[at] !== needle[held]) held = borders[held] ?? 0;
    if (text[at] === needle[held]) held += 1;
    if (held < needle.length) continue;
    const span = { start: at + 1 - needle.length, end: at + 1 };
    if (!alone || standsAlone(text, span)) spans.push(span);
    held = borders[held] ?? 0;
  }
  return spans;
}

// What is masked already counts as a letter: it may have been one.
const besideWords = /[\p{L}\p{N}\uFFFF]/uy;

function standsAlone(text: string, { start, end }: Span): boolean {
  const before = start > 0 && matchFrom(text, besideWords, start - 1) !== null;
  return !before && matchFrom(text, besideWords, end) === null;
}
