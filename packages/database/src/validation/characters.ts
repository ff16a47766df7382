/** Controls (C0, DEL, C1), line separators and the marks that reverse or isolate direction: nothing of one line. */
export const notOfOneLine = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** Controls other than line feed and tab: nothing of any text. */
export const notOfText = /[^\P{Cc}\n\t]/u;

// The dotted capital I and the Kelvin sign are the only letters beyond ASCII whose lower case begins with an ASCII letter.
const lowersIntoAscii = /[\u0130\u212A]/u;
const asciiOnly = /^\p{ASCII}*$/u;

/**
 * Lower-cases letter by letter, in Unicode's composed form (NFC), for names that are compared whatever their case.
 *
 * Each letter is lowered by itself, so that the form does not depend on its neighbours (the Greek final sigma).
 *
 * @returns `undefined` for text with a letter beyond ASCII that would turn into an ASCII one: two different names would become one.
 * @see https://www.unicode.org/reports/tr15/ for NFC
 */
export function foldCase(value: string): string | undefined {
  if (asciiOnly.test(value)) return value.toLowerCase();
  if (lowersIntoAscii.test(value)) return undefined;
  return Array.from(value.normalize("NFC"), (letter) => letter.toLowerCase())
    .join("")
    .normalize("NFC");
}

/** Counts code points, as `length()` does on SQLite and `varchar(n)` on PostgreSQL; a string's own `length` counts UTF-16 units. */
export function countCodePoints(value: string): number {
  let pairs = 0;
  for (let index = 0; index < value.length; index += 1) {
    if ((value.codePointAt(index) ?? 0) > 0xffff) {
      pairs += 1;
      index += 1;
    }
  }
  return value.length - pairs;
}

/** Keeps the first `count` code points, and so never half of a surrogate pair. */
export function cutCodePoints(value: string, count: number): string {
  if (value.length <= count) return value;
  let end = 0;
  for (let kept = 0; kept < count && end < value.length; kept += 1) {
    end += (value.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return value.slice(0, end);
}

/** Whether the text is longer than `max` code points; counts only when its UTF-16 length leaves that open. */
export function isLongerThan(value: string, max: number): boolean {
  if (value.length <= max) return false;
  return value.length > max * 2 || countCodePoints(value) > max;
}

/** Whether the text is shorter than `min` code points; counts only when its UTF-16 length leaves that open. */
export function isShorterThan(value: string, min: number): boolean {
  if (value.length < min) return true;
  return value.length < min * 2 && countCodePoints(value) < min;
}
