/**
 * Writes a JSON text as jsonb gives it back: keys by length and then by bytes, the last of equal ones, numbers in full,
 * a space after each colon and comma.
 *
 * @param text well-formed JSON that jsonb can hold
 * @see https://www.postgresql.org/docs/15/datatype-json.html
 */
export function jsonbText(text: string): string {
  return new JsonbWriter(text).write();
}

const space = /[ \t\n\r]*/y;
const stringToken = /"(?:[^"\\]|\\.)*"/sy;
const scalarToken = /[-+.0-9A-Za-z]+/y;

class JsonbWriter {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  write(): string {
    this.#skip();
    const opening = this.#text[this.#at];
    if (opening === "{") return this.#object();
    if (opening === "[") return this.#list();
    if (opening === '"') return this.#string();
    const scalar = this.#take(scalarToken);
    return /^[tfn]/.test(scalar) ? scalar : numericText(scalar);
  }

  #object(): string {
    const members = new Map<string, string>();
    this.#at += 1;
    this.#skip();
    while (this.#text[this.#at] !== "}") {
      const key = this.#string();
      this.#skip();
      this.#at += 1;
      members.set(key, this.write());
      this.#separator();
    }
    this.#at += 1;
    const sorted = members.size < 2 ? [...members] : [...members].toSorted(([a], [b]) => compareKeys(a, b));
    return `{${sorted.map(([key, value]) => `${key}: ${value}`).join(", ")}}`;
  }

  #list(): string {
    const elements: string[] = [];
    this.#at += 1;
    this.#skip();
    while (this.#text[this.#at] !== "]") {
      elements.push(this.write());
      this.#separator();
    }
    this.#at += 1;
    return `[${elements.join(", ")}]`;
  }

  #string(): string {
    const token = this.#take(stringToken);
    return token.includes("\\") ? JSON.stringify(JSON.parse(token)) : token;
  }

  #separator(): void {
    this.#skip();
    if (this.#text[this.#at] !== ",") return;
    this.#at += 1;
    this.#skip();
  }

  #skip(): void {
    space.lastIndex = this.#at;
    space.test(this.#text);
    this.#at = space.lastIndex;
  }

  #take(token: RegExp): string {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    if (found === undefined) throw new SyntaxError("Malformed JSON.");
    this.#at += found.length;
    return found;
  }
}

/** By the length of the key in bytes, then by its bytes. */
function compareKeys(a: string, b: string): number {
  const first = keyBytes(a);
  const second = keyBytes(b);
  return first.length === second.length ? Buffer.compare(first, second) : first.length - second.length;
}

function keyBytes(token: string): Buffer {
  return Buffer.from(token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1));
}

const plainNumber = /^(?:0|-?[1-9]\d*|-?0\.\d*[1-9]\d*|-?[1-9]\d*\.\d+)$/;
const numberParts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/;

/** Writes a JSON number as `numeric` does: without an exponent, with the digits after the point that it was given. */
function numericText(token: string): string {
  if (plainNumber.test(token)) return token;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = numberParts.exec(token) ?? [];
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = digits.padEnd(point, "0").padStart(digits.length + Math.max(1 - point, 0), "0");
  const at = Math.max(point, 1);
  const integral = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const decimals = padded.slice(at, at + Math.max(fraction.length - shift, 0));
  const value = decimals === "" ? integral : `${integral}.${decimals}`;
  return /[1-9]/.test(value) ? sign + value : value;
}
