// A thread that reads large JSON texts: nothing of what they hold becomes a value on the thread of the event loop.
import { serve } from "../../threads/serve.ts";
import { isPlainObject } from "../plain-object.ts";
import { findJsonFault, type JsonOptions, limitsOf } from "./json-inspection.ts";
import { findExcess, type JsonBounds } from "./measure-json.ts";
import { faultOf, isPolluted, type JsonOutcome, parseJson } from "./parse-json.ts";

/** A text, and how it is to be read. */
export interface ToReadOnThread {
  readonly bytes: Uint8Array;
  readonly documents: Readonly<Record<string, JsonOptions>>;
  readonly bounds: JsonBounds;
}

/** What was read: the documents as text in memory that threads share, the rest as a value. */
export interface ReadOnThread {
  readonly rest: unknown;
  readonly texts: Readonly<Record<string, Uint8Array>>;
}

/** What goes back as a value is made again on the other side, where it holds everybody up. */
const maxValuesOfRest = 20_000;

function sharedText(value: unknown): Uint8Array {
  const text = JSON.stringify(value);
  const bytes = Buffer.from(new SharedArrayBuffer(Buffer.byteLength(text)));
  bytes.write(text);
  return bytes;
}

function read({ bytes, documents, bounds }: ToReadOnThread): JsonOutcome<ReadOnThread> {
  const outcome = parseJson(bytes, bounds);
  if ("fault" in outcome) return outcome;
  const whole = outcome.read;
  const texts: Record<string, Uint8Array> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of isPlainObject(whole) ? Object.entries(whole) : []) {
    const options = Object.hasOwn(documents, name) ? documents[name] : undefined;
    if (options === undefined) {
      Object.defineProperty(rest, name, { value, enumerable: true });
      continue;
    }
    const { maxBytes, maxDepth } = limitsOf(options);
    const fault = findJsonFault(value, maxBytes, maxDepth);
    if (fault !== undefined) return { fault: { ...fault, path: [name, ...fault.path] } };
    texts[name] = sharedText(value);
  }
  const left = isPlainObject(whole) ? rest : whole;
  if (isPolluted(left)) return faultOf("has a key that is not allowed");
  const excess = findExcess(Buffer.from(JSON.stringify(left)), { ...bounds, maxValues: maxValuesOfRest });
  return excess === undefined ? { read: { rest: left, texts } } : faultOf(excess);
}

serve({ read });
