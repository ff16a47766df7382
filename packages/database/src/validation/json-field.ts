import { z } from "zod";
import { findJsonFault } from "./json-inspection.ts";
import type { JsonValue } from "./json-value.ts";

export interface JsonOptions {
  /** The most bytes of its JSON text in UTF-8; 1 MiB unless told. */
  maxBytes?: number | undefined;
  /** The most lists and objects inside one another; 64 unless told. */
  maxDepth?: number | undefined;
}

/**
 * Plain JSON that both engines store and give back unchanged: no NaN, `undefined`, `Date`, bigint or function, no NUL and no
 * lone surrogate (PostgreSQL's jsonb holds neither), no cycle.
 *
 * Keys are data and stay own properties. Refused are `__proto__`, and a `constructor` that holds a `prototype`: the two ways
 * by which a careless copy of the value would change every object of the process.
 *
 * @param options - `maxBytes` of the JSON text, 1 MiB unless told; `maxDepth`, 64 unless told
 */
export function jsonValue({ maxBytes = 1_048_576, maxDepth = 64 }: JsonOptions = {}): z.ZodType<JsonValue, JsonValue> {
  const schema = z.unknown().check(({ value, issues }) => {
    const fault = findJsonFault(value, maxBytes, maxDepth);
    if (fault !== undefined) issues.push({ code: "custom", path: fault.path, message: fault.message, input: value });
  });
  // The check has found every part to be JSON, which zod's types cannot know.
  return schema.meta({ description: "Any JSON value." }) as z.ZodType<JsonValue, JsonValue>;
}
