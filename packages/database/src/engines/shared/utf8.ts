/** Up to this length a loop is faster than a call out of JavaScript. */
const shortText = 24;

/** The most bytes that a UTF-16 unit takes in UTF-8. */
export const maxBytesOfUnit = 3;

/**
 * Writes a text as UTF-8. The buffer must have `maxBytesOfUnit` bytes for each of its units.
 * @returns the offset after it
 */
export function writeUtf8(text: string, buffer: Buffer, start: number): number {
  if (text.length > shortText) return start + buffer.write(text, start);
  let offset = start;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return start + buffer.write(text, start);
    buffer[offset] = unit;
    offset += 1;
  }
  return offset;
}
