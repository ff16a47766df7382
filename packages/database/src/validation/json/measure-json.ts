/** How much a JSON text may hold, whatever its size: a few bytes each are enough to make a parser work for seconds. */
export interface JsonBounds {
  /** Lists and objects inside one another. */
  readonly maxDepth: number;
  /** Values of any kind. */
  readonly maxValues: number;
  /** Members of one object. */
  readonly maxMembers: number;
}

/** Bounds of whatever comes from outside. An honest scan of 9 MB has half a million values, and some hundred members an object. */
export const defaultBounds: JsonBounds = { maxDepth: 72, maxValues: 1_000_000, maxMembers: 50_000 };

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Counts what a JSON text holds, byte by byte and before anything is parsed.
 *
 * @param bytes JSON in UTF-8, or anything that claims to be
 * @returns what is too much, in words; undefined for a text within the bounds, which may still be no JSON
 */
export function findExcess(bytes: Uint8Array, { maxDepth, maxValues, maxMembers }: JsonBounds): string | undefined {
  /** Members of each object that is open, by its depth. */
  const members = new Uint32Array(maxDepth + 1);
  let [depth, values] = [0, 1];
  for (let index = 0; index < bytes.length; index += 1) {
    switch (bytes[index]) {
      case quote:
        index = endOfString(bytes, index);
        break;
      case colon:
        members[depth] = (members[depth] ?? 0) + 1;
        if ((members[depth] ?? 0) > maxMembers) return `must hold at most ${maxMembers} members in one object`;
        break;
      case comma:
        values += 1;
        break;
      case openBracket:
      case openBrace:
        values += 1;
        depth += 1;
        if (depth > maxDepth) return "is nested too deeply";
        members[depth] = 0;
        break;
      case closeBracket:
      case closeBrace:
        // What closes more than was opened is no JSON, as its parser will say.
        depth = Math.max(0, depth - 1);
        break;
      default:
    }
    if (values > maxValues) return `must hold at most ${maxValues} values`;
  }
  return undefined;
}

/** Where the string that begins at an index ends: at its closing quote, or with the text. */
function endOfString(bytes: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== quote) index += bytes[index] === backslash ? 2 : 1;
  return index;
}
