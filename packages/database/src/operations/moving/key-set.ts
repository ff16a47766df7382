const bitsOfPage = 32_768;

/** A set of primary keys, with a bit for each whole number, so that millions of rows fit into little memory. */
export class KeySet {
  readonly #pages = new Map<number, Uint32Array>();
  readonly #texts = new Set<string>();

  add(key: string | number): void {
    if (typeof key === "string") {
      this.#texts.add(key);
      return;
    }
    const number = Math.floor(key / bitsOfPage);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Uint32Array(bitsOfPage / 32);
      this.#pages.set(number, page);
    }
    const bit = key - number * bitsOfPage;
    page[bit >>> 5] = (page[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  has(key: string | number): boolean {
    if (typeof key === "string") return this.#texts.has(key);
    const number = Math.floor(key / bitsOfPage);
    const bit = key - number * bitsOfPage;
    return (((this.#pages.get(number)?.[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }
}
