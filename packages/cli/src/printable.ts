/** Controls (of both sets: 0x9B begins an escape sequence as well), line separators, and marks that reverse direction. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

const unprintableInText = new RegExp(`(?![\\n\\t])${unprintable.source}`, "gu");

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Makes one line of text from outside safe to show: a name in the database could else move the cursor, colour or hide what
 * the operator reads, or forge a line.
 */
export function printableLine(text: string): string {
  return text.toWellFormed().replaceAll(unprintable, escapeCharacter);
}

/** Makes text safe to show that may have several lines. */
export function printableText(text: string): string {
  return text.toWellFormed().replaceAll(unprintableInText, escapeCharacter);
}

/** Writes JSON in which no character is one that a terminal obeys; it reads as the same value. */
export function printableJson(value: unknown): string {
  return printableText(JSON.stringify(value, undefined, 2));
}
