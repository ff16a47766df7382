/**
 * The text of a large JSON document that has been inspected: it goes from a body into a column, and from there into an answer,
 * without ever being a value on the thread of the event loop.
 */
export class JsonDocument {
  /** The text in UTF-8; in memory that threads share, where it came from one. */
  readonly bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Takes text for a document that is known to be one: it was inspected here, or a JSON column holds it. */
  static trusted(text: Uint8Array | string): JsonDocument {
    return new JsonDocument(typeof text === "string" ? Buffer.from(text) : text);
  }

  text(): string {
    const { buffer, byteOffset, byteLength } = this.bytes;
    return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
  }
}

/** The JSON text of a value, or of a document that is text already; undefined for what JSON cannot say. */
export function jsonTextOf(value: unknown): string | undefined {
  return value instanceof JsonDocument ? value.text() : JSON.stringify(value);
}

/** How many bytes the JSON text of a value has in UTF-8. */
export function jsonBytesOf(value: unknown): number {
  return value instanceof JsonDocument ? value.bytes.length : Buffer.byteLength(JSON.stringify(value));
}
