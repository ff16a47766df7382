import { countCodePoints } from "../../validation/characters.ts";

/** From this many characters on, the first ones may be shown: what is left cannot be guessed. */
const longEnough = 16;
/** Only what means nothing in any format is shown: a quote or a bracket would change how the rest is read. */
const plainHead = /^[\w+/.-]{4}/;

const start = "[masked, ";
const written = /(?:[\w+/.-]{4}(?=\[masked, (?:1[6-9]|[2-9]\d|\d{3,9}) ))?\[masked, \d{1,9} characters\]/g;

/** Stands for what is masked already: no letter, no space and no mark of any format, and no character at all. */
const opaque = "\uFFFF";
const isOpaque = new RegExp(`^${opaque}*$`);

/** What is written in place of a value: its length, and its first four characters where it has 16 or more. */
export function placeholderOf(value: string): string {
  const count = countCodePoints(value);
  const head = count < longEnough ? "" : (plainHead.exec(value)?.[0] ?? "");
  return `${head}${start}${count} characters]`;
}

/**
 * The text with all that is masked made opaque, every other character in its place, so that those who look for values take
 * a masked one for a piece of one.
 */
export function hideMasked(text: string): string {
  if (!text.includes(start)) return text;
  return text.replaceAll(written, (mark) => opaque.repeat(mark.length));
}

/** Whether a value of a text of {@link hideMasked} is masked already, or there is nothing in it. */
export function isMasked(value: string): boolean {
  return isOpaque.test(value);
}
