import { ValidationError } from "../../errors/index.ts";
import { fewAtOnce } from "../../threads/few-at-once.ts";
import { runOnThread, threadModule } from "../../threads/thread.ts";
import { fieldOf } from "../parse-input.ts";
import { JsonDocument } from "./json-document.ts";
import type { JsonFault, JsonOptions } from "./json-inspection.ts";
import type { ReadOnThread, ToReadOnThread } from "./json-worker.ts";
import { defaultBounds, type JsonBounds } from "./measure-json.ts";
import { isPolluted, type JsonOutcome, parseJson } from "./parse-json.ts";

/** How JSON is read. */
export interface ReadJsonOptions {
  /** Members of the whole that stay text, as `JsonDocument`, where the text is read on a thread; with their limits. */
  readonly documents?: Readonly<Record<string, JsonOptions>> | undefined;
  readonly bounds?: JsonBounds;
  /** Whose text it is: where many wait for a thread, each has one turn before anybody has a second. */
  readonly owner?: string | undefined;
}

/** From this size on JSON is read on a thread, in bytes: what is smaller holds nobody up. */
export const readOnThreadFrom = 65_536;

/** Texts that are read at once: a core is left for everything else where there are two. */
const onThread = fewAtOnce(2);

/** Keys that are looked for in a parsed value; a text without any of these holds none. */
const suspicious = /\\u|__proto__|"constructor"/;

/**
 * Reads JSON that comes from outside. Depth, values and members are counted on the bytes before anything is parsed; more than
 * 64 KiB are parsed, inspected and written out again on a thread, and their large documents stay text.
 *
 * @param bytes the text in UTF-8
 * @param options `documents`: members that stay text, with their `maxBytes` and `maxDepth`; `bounds`; `owner`: whose it is, since
 *   owners take turns
 * @returns the value
 * @throws {ValidationError} INVALID_INPUT for what is no JSON, holds too much, or a key that would change every object
 * @example
 * const value = await input.readJson(Buffer.from('{"scanId":"nightly-1"}'));
 */
export async function readJson(
  bytes: Uint8Array,
  { documents = {}, bounds = defaultBounds, owner = "" }: ReadJsonOptions = {},
): Promise<unknown> {
  if (bytes.length < readOnThreadFrom) return readHere(bytes, bounds);
  const input: ToReadOnThread = { bytes, documents, bounds };
  const module = threadModule(import.meta.url, "json-worker");
  const outcome = await onThread(() => runOnThread<JsonOutcome<ReadOnThread>>(module, "read", input), { owner });
  if ("fault" in outcome) throw refusal(outcome.fault);
  const { rest, texts } = outcome.read;
  const kept = Object.entries(texts).map(([name, text]) => [name, JsonDocument.trusted(text)]);
  return kept.length === 0 ? rest : { ...(rest as object), ...Object.fromEntries(kept) };
}

function readHere(bytes: Uint8Array, bounds: JsonBounds): unknown {
  const outcome = parseJson(bytes, bounds);
  if ("fault" in outcome) throw refusal(outcome.fault);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (suspicious.test(text) && isPolluted(outcome.read)) {
    throw refusal({ path: [], message: "has a key that is not allowed" });
  }
  return outcome.read;
}

function refusal({ path, message }: JsonFault): ValidationError {
  return new ValidationError([{ field: fieldOf(path), message }]);
}
