/**
 * The 64-bit hash that PostgreSQL's `hash_record_extended(row, 0)` gives, so that the server can hash its own rows and
 * nothing has to be read back to compare them. Hash partitions rest on these functions, so they never change.
 *
 * Numbers are 32-bit integers in pairs: BigInt is twenty times slower.
 *
 * @see https://github.com/postgres/postgres/blob/REL_15_STABLE/src/common/hashfn.c after Bob Jenkins' lookup3
 */
export class RowHash {
  /** The row's hash so far. */
  low = 0;
  high = 0;

  begin(): void {
    this.low = 0;
    this.high = 0;
  }

  null(): void {
    this.#combine(0, 0);
  }

  boolean(value: boolean): void {
    this.#word(value ? 1 : 0);
  }

  /** A 64-bit integer in two halves. */
  integer(high: number, low: number): void {
    this.#word(high >= 0 ? low ^ high : low ^ ~high);
  }

  float(value: number, bytes: Uint8Array, start: number): void {
    if (value === 0) this.#combine(0, 0);
    else this.bytes(bytes, start, start + 8);
  }

  /** The bytes of a text in UTF-8; of a float, in little-endian order. */
  bytes(buffer: Uint8Array, start: number, end: number): void {
    const length = end - start;
    let a = (initial + length) | 0;
    let b = a;
    let c = a;
    let at = start;
    for (; end - at >= 12; at += 12) {
      a = (a + word(buffer, at)) | 0;
      b = (b + word(buffer, at + 4)) | 0;
      c = (c + word(buffer, at + 8)) | 0;
      a = (a - c) ^ rotate(c, 4);
      c = (c + b) | 0;
      b = (b - a) ^ rotate(a, 6);
      a = (a + c) | 0;
      c = (c - b) ^ rotate(b, 8);
      b = (b + a) | 0;
      a = (a - c) ^ rotate(c, 16);
      c = (c + b) | 0;
      b = (b - a) ^ rotate(a, 19);
      a = (a + c) | 0;
      c = (c - b) ^ rotate(b, 4);
      b = (b + a) | 0;
    }
    a += lastWord(buffer, at, Math.min(at + 4, end));
    b += lastWord(buffer, at + 4, Math.min(at + 8, end));
    // The lowest byte of the third word belongs to the length.
    c += lastWord(buffer, at + 8, end) << 8;
    this.#finish(a | 0, b | 0, c | 0);
  }

  #word(value: number): void {
    const start = (initial + 4) | 0;
    this.#finish((start + value) | 0, start, start);
  }

  #finish(first: number, second: number, third: number): void {
    let a = first;
    let b = second;
    let c = third;
    c = ((c ^ b) - rotate(b, 14)) | 0;
    a = ((a ^ c) - rotate(c, 11)) | 0;
    b = ((b ^ a) - rotate(a, 25)) | 0;
    c = ((c ^ b) - rotate(b, 16)) | 0;
    a = ((a ^ c) - rotate(c, 4)) | 0;
    b = ((b ^ a) - rotate(a, 14)) | 0;
    c = ((c ^ b) - rotate(b, 24)) | 0;
    this.#combine(b, c);
  }

  /** `hash = hash * 31 + value`, modulo 2^64. */
  #combine(high: number, low: number): void {
    const sum = (this.low >>> 0) * 31 + (low >>> 0);
    this.high = (Math.imul(this.high, 31) + high + Math.floor(sum / 0x1_0000_0000)) | 0;
    this.low = sum | 0;
  }
}

const initial = 0x9e3779b9 + 3_923_095;

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(buffer: Uint8Array, at: number): number {
  return (
    (buffer[at] as number) |
    ((buffer[at + 1] as number) << 8) |
    ((buffer[at + 2] as number) << 16) |
    ((buffer[at + 3] as number) << 24)
  );
}

/** What is left of a word before the end; nothing is 0. */
function lastWord(buffer: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let index = at; index < end; index += 1) value |= (buffer[index] as number) << ((index - at) * 8);
  return value;
}
