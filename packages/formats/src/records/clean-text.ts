import { createHash } from "node:crypto";
import { longestText } from "../limits/limits.ts";

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const everyControl = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;

/** How many texts were changed. */
export interface Cleaning {
  cleaned: number;
  cut: number;
}

/** Removes control characters, replaces lone surrogates, and cuts what is too long; counts both. */
export function cleanText(text: string, longest: number, counts: Cleaning): string {
  let clean = text;
  if (control.test(clean) || !clean.isWellFormed()) {
    clean = clean.replaceAll(everyControl, "").toWellFormed();
    counts.cleaned += 1;
  }
  if (clean.length <= longest) return clean;
  const cut = cutText(clean, longest);
  if (cut !== clean) counts.cut += 1;
  return cut;
}

/** At most so many code points, the last an ellipsis where something was cut. */
export function cutText(text: string, longest: number): string {
  let at = 0;
  for (let points = 0; points < longest - 1 && at < text.length; points += 1)
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  const rest = text.slice(at);
  return rest.length <= ((rest.codePointAt(0) ?? 0) > 0xffff ? 2 : 1) ? text : `${text.slice(0, at)}…`;
}

/** A title on one line. */
export function cleanTitle(text: string, counts: Cleaning): string {
  return cleanText(text.replaceAll(/\s+/g, " ").trim(), longestText.title, counts);
}

/** A key; one that is too long ends in a digest of itself, so that two of them stay two. */
export function cleanKey(key: string, counts: Cleaning): string {
  const clean = cleanText(key, Number.MAX_SAFE_INTEGER, counts);
  if (clean.length <= longestText.key) return clean;
  counts.cut += 1;
  const digest = createHash("sha256").update(clean).digest("base64url").slice(0, 24);
  return `${cutText(clean, longestText.key - 25)}${digest}`;
}
