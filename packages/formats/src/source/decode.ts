import type { Measure } from "./open-report.ts";

/** How much text is decoded before other work has its turn. */
const turn = 1024 * 1024;

/** The encoding of a report: its byte order mark, else the declaration of XML, else UTF-8. */
export function findEncoding(head: Uint8Array): string {
  // A mark, or the first sign of XML or JSON beside a zero.
  const first = Buffer.from(head.subarray(0, 2)).toString("hex");
  if (["fffe", "3c00", "7b00", "5b00"].includes(first)) return "utf-16le";
  if (["feff", "003c", "007b", "005b"].includes(first)) return "utf-16be";
  const start = new TextDecoder("latin1").decode(head.subarray(0, 200));
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
  if (declared === undefined) return "utf-8";
  try {
    const { encoding } = new TextDecoder(declared);
    // It was read as single bytes just now, so it cannot be in UTF-16.
    return encoding.startsWith("utf-16") ? "utf-8" : encoding;
  } catch {
    return "utf-8";
  }
}

/** Decodes, counts what could not be, and lets other work have its turn. */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  encoding: string,
  measure: Measure,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let sinceTurn = 0;
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    measure.replaced += countReplaced(text);
    yield text;
    sinceTurn += text.length;
    if (sinceTurn < turn) continue;
    sinceTurn = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const rest = decoder.decode();
  measure.replaced += countReplaced(rest);
  yield rest;
}

function countReplaced(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\u{FFFD}"); at !== -1; at = text.indexOf("\u{FFFD}", at + 1)) count += 1;
  return count;
}
