import { z } from "zod";
import { JsonDocument } from "./json-document.ts";
import { findJsonFault, type JsonOptions, limitsOf } from "./json-inspection.ts";
import type { JsonValue } from "./json-value.ts";

export type { JsonOptions } from "./json-inspection.ts";

/**
 * Plain JSON that both engines store and give back unchanged: no NaN, `undefined`, `Date`, bigint or function, no NUL and no
 * lone surrogate (PostgreSQL's jsonb holds neither), no cycle.
 *
 * Keys are data and stay own properties. Refused are `__proto__`, and a `constructor` that holds a `prototype`: the two ways
 * by which a careless copy of the value would change every object of the process.
 *
 * @param options - `maxBytes` of the JSON text, 1 MiB unless told; `maxDepth`, 64 unless told
 */
export function jsonValue(options: JsonOptions = {}): z.ZodType<JsonValue, JsonValue> {
  const schema = z.unknown().check(checkPlain(options));
  // The check has found every part to be JSON, which zod's types cannot know.
  return schema.meta({ description: "Any JSON value." }) as z.ZodType<JsonValue, JsonValue>;
}

function checkPlain(options: JsonOptions): z.core.CheckFn<unknown> {
  const { maxBytes, maxDepth } = limitsOf(options);
  return ({ value, issues }) => {
    const fault = findJsonFault(value, maxBytes, maxDepth);
    if (fault !== undefined) issues.push({ code: "custom", path: fault.path, message: fault.message, input: value });
  };
}

const documentFields = new WeakMap<z.ZodType, JsonOptions>();

/**
 * Plain JSON, as `jsonValue`, that may be so large that it stays text: a `JsonDocument`, which `readJson` makes of what comes
 * in from outside, has been inspected already.
 *
 * @param options - as for `jsonValue`; `description`: what it holds
 */
export function jsonDocument({
  description = "Any JSON value.",
  ...options
}: JsonOptions & { description?: string | undefined } = {}): z.ZodType<JsonValue | JsonDocument, JsonValue> {
  const checkValue = checkPlain(options);
  const schema = z
    .unknown()
    .check((payload) => (payload.value instanceof JsonDocument ? undefined : checkValue(payload)))
    .meta({ description });
  documentFields.set(schema, options);
  // As in jsonValue: the check knows what zod's types do not.
  return schema as z.ZodType<JsonValue | JsonDocument, JsonValue>;
}

/** The options of a field that is a `jsonDocument`; undefined for any other. */
export function jsonDocumentOptions(field: unknown): JsonOptions | undefined {
  return field instanceof z.ZodType ? documentFields.get(field) : undefined;
}
