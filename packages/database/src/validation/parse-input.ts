import type { z } from "zod";
import { ValidationError, type InputIssue } from "../errors/index.ts";
import { cutCodePoints, notOfOneLine } from "./characters.ts";
import { describeIssue } from "./issue-messages.ts";

export interface ParseOptions {
  /** What the value is called when it is no object of named fields: `userId`, `records.3`. */
  field?: string | undefined;
}

/** More faults than this are no help to anyone, and an input may have as many as it has bytes. */
const maxIssues = 50;
const maxNameLength = 64;
const context = { error: describeIssue };

/**
 * Reads an input by its schema: every function and every route takes what it is given through here.
 *
 * @param schema - made of the fields of `input.ts`, and `z.strictObject`, which refuses fields that it does not know
 * @param value - anything
 * @returns what the schema makes of the value: normal forms, defaults filled in
 * @throws INVALID_INPUT with one issue for each fault (the first 50), each with the path of its field and never the value
 * @example
 * const { email } = parseInput(z.strictObject({ email: email() }), { email: "Ada@Example.org" });
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { field }: ParseOptions = {},
): z.output<Schema> {
  const result = schema.safeParse(value, context);
  if (result.success) return result.data;
  throw new ValidationError(result.error.issues.flatMap((issue) => toInputIssues(issue, field)).slice(0, maxIssues));
}

function toInputIssues(issue: z.core.$ZodIssue, field: string | undefined): InputIssue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .slice(0, maxIssues)
      .map((key) => ({ field: joinPath(field, [...issue.path, key]), message: "is not a known field" }));
  }
  return [{ field: joinPath(field, issue.path), message: issue.message }];
}

/** Writes the path of a part of an input, as faults name it. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return joinPath(undefined, path);
}

function joinPath(field: string | undefined, path: readonly PropertyKey[]): string {
  const names = path.map(toPrintableName);
  if (field !== undefined) names.unshift(field);
  return names.length === 0 ? "input" : names.join(".");
}

/** The names of unknown fields are the caller's text: they are cut, and what could forge a line of a log is replaced. */
function toPrintableName(key: PropertyKey): string {
  const name = cutCodePoints(String(key), maxNameLength).toWellFormed();
  return notOfOneLine.test(name) ? Array.from(name, replaceUnprintable).join("") : name;
}

function replaceUnprintable(character: string): string {
  return notOfOneLine.test(character) ? "\uFFFD" : character;
}
