/** The first number that was put under each key. Keeps hashes of 64 bits, not keys: two million take some 50 MB. */
export class HashTable {
  #size = 1024;
  #count = 0;
  /** Two words of hash for each slot. */
  #hashes = new Uint32Array(this.#size * 2);
  /** The number and one; 0 where the slot is free. */
  #values = new Uint32Array(this.#size);

  /** Keeps the number unless the key has one already; answers with the one that is kept. */
  put(key: string, value: number): number {
    if (this.#count * 2 >= this.#size) this.#grow();
    const [high, low] = hash(key);
    const slot = this.#slotOf(high, low);
    const found = this.#values[slot] ?? 0;
    if (found !== 0) return found - 1;
    this.#set(slot, high, low, value + 1);
    this.#count += 1;
    return value;
  }

  #set(slot: number, high: number, low: number, value: number): void {
    this.#hashes[slot * 2] = high;
    this.#hashes[slot * 2 + 1] = low;
    this.#values[slot] = value;
  }

  #slotOf(high: number, low: number): number {
    const mask = this.#size - 1;
    let slot = low & mask;
    while (this.#values[slot] !== 0 && (this.#hashes[slot * 2] !== high || this.#hashes[slot * 2 + 1] !== low))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [hashes, values] = [this.#hashes, this.#values];
    this.#size *= 2;
    this.#hashes = new Uint32Array(this.#size * 2);
    this.#values = new Uint32Array(this.#size);
    for (const [slot, value] of values.entries()) {
      if (value === 0) continue;
      const [high = 0, low = 0] = hashes.subarray(slot * 2, slot * 2 + 2);
      this.#set(this.#slotOf(high, low), high, low, value);
    }
  }
}

/** Two hashes of 32 bits in one walk, mixed well enough that reports do not collide by chance. */
function hash(text: string): [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return [a >>> 0, b >>> 0];
}
