import { z } from "zod";
import { isLongerThan } from "../characters.ts";
import { findJsonFault, type JsonFault } from "./json-inspection.ts";
import { isPlainObject } from "../plain-object.ts";

/** Members that a JSON document has to hold, by their keys. */
export type JsonMembers = Readonly<Record<string, string | number | boolean | null>>;

const maxMembers = 5;
const maxKeyLength = 100;
const maxTextLength = 255;
/** More than the longest object of five members takes, every character written as an escape. */
const maxBytes = 16_384;

/**
 * A filter of a list by a JSON document: up to five members that it has to hold at its top level, each of them. A dot in a
 * key is a dot. An object without members asks for nothing, and yields `undefined`.
 */
export function jsonMembers(): z.ZodType<JsonMembers | undefined, JsonMembers> {
  const schema = z
    .unknown()
    .check(({ value, issues }) => {
      const fault = findFault(value);
      if (fault !== undefined) issues.push({ code: "custom", path: fault.path, message: fault.message, input: value });
    })
    .transform((value) => (Object.keys(value as JsonMembers).length === 0 ? undefined : (value as JsonMembers)))
    .meta({
      description: "Members that the document has to hold at its top level, all of them.",
      type: "object",
      format: "json-members",
      maxProperties: maxMembers,
      propertyNames: { minLength: 1, maxLength: maxKeyLength },
      additionalProperties: { type: ["string", "number", "boolean", "null"], maxLength: maxTextLength },
    });
  // The check has found it to be such an object, which zod's types cannot know.
  return schema as unknown as z.ZodType<JsonMembers | undefined, JsonMembers>;
}

function findFault(value: unknown): JsonFault | undefined {
  if (!isPlainObject(value)) return { path: [], message: "must be an object" };
  const entries = Object.entries(value);
  if (entries.length > maxMembers) return { path: [], message: `must have at most ${maxMembers} members` };
  for (const [key, member] of entries) {
    const message = faultOfMember(key, member);
    if (message !== undefined) return { path: [key], message };
  }
  return findJsonFault(value, maxBytes, 1);
}

function faultOfMember(key: string, member: unknown): string | undefined {
  if (key === "" || isLongerThan(key, maxKeyLength)) return `must have a key of 1 to ${maxKeyLength} characters`;
  if (typeof member === "object" && member !== null) return "must be a string, a number, a boolean or null";
  const isLong = typeof member === "string" && isLongerThan(member, maxTextLength);
  return isLong ? `must be at most ${maxTextLength} characters long` : undefined;
}
