/**
 * The text of a large JSON document that has been inspected: it goes from a body into a column, and from there into an answer,
 * without ever being a value on the thread of the event loop.
 */
export class JsonDocument {
  readonly #held: Uint8Array | string;

  private constructor(held: Uint8Array | string) {
    this.#held = held;
  }

  /** Takes text for a document that is known to be one: it was inspected here, or a JSON column holds it. */
  static trusted(text: Uint8Array | string): JsonDocument {
    return new JsonDocument(text);
  }

  /** Whether it is held as a string, which is written into an answer as it is. */
  get isText(): boolean {
    return typeof this.#held === "string";
  }

  /** The text in UTF-8; in memory that threads share, where it came from one. */
  get bytes(): Uint8Array {
    return typeof this.#held === "string" ? Buffer.from(this.#held) : this.#held;
  }

  get byteLength(): number {
    return typeof this.#held === "string" ? Buffer.byteLength(this.#held) : this.#held.length;
  }

  text(): string {
    if (typeof this.#held === "string") return this.#held;
    const { buffer, byteOffset, byteLength } = this.#held;
    return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
  }
}

/** The JSON text of a value, or of a document that is text already; undefined for what JSON cannot say. */
export function jsonTextOf(value: unknown): string | undefined {
  return value instanceof JsonDocument ? value.text() : JSON.stringify(value);
}

/** How many bytes the JSON text of a value has in UTF-8. */
export function jsonBytesOf(value: unknown): number {
  return value instanceof JsonDocument ? value.byteLength : Buffer.byteLength(JSON.stringify(value));
}
