import { type JsonFault, pollutes } from "./json-inspection.ts";
import { findExcess, type JsonBounds } from "./measure-json.ts";

/** JSON text as it was read, or why it was not. */
export type JsonOutcome<Read> = { readonly read: Read } | { readonly fault: JsonFault };

/** Reads JSON text within bounds; see `readJson` for what is refused. */
export function parseJson(bytes: Uint8Array, bounds: JsonBounds): JsonOutcome<unknown> {
  const excess = findExcess(bytes, bounds);
  if (excess !== undefined) return faultOf(excess);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    return { read: JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text) };
  } catch {
    return faultOf("must be JSON");
  }
}

/** A fault of the whole text. */
export function faultOf(message: string): { fault: JsonFault } {
  return { fault: { path: [], message } };
}

/** Whether some part of a parsed value has a key that would change every object: see `jsonValue`. */
export function isPolluted(value: unknown): boolean {
  const rest = [value];
  while (rest.length > 0) {
    const part = rest.pop();
    if (typeof part !== "object" || part === null) continue;
    for (const [key, member] of Object.entries(part)) {
      if (pollutes(key, member)) return true;
      if (typeof member === "object") rest.push(member);
    }
  }
  return false;
}
