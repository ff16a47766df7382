import type { z } from "zod";

type RawIssue = z.core.$ZodRawIssue;

const expectations: Readonly<Record<string, string>> = {
  string: "must be text",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  object: "must be an object",
  record: "must be an object",
  array: "must be a list",
  date: "must be a valid date",
};

const formats: Readonly<Record<string, string>> = {
  datetime: "must be a date and time with its offset, such as 2026-01-31T12:00:00Z",
};

/**
 * Says what is wrong with an input in our own words. No sentence holds the value that was refused: it may be a password, and
 * the sentence may end up in a log.
 */
export function describeIssue(issue: RawIssue): string {
  if (issue.input === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value"))
    return "is required";
  switch (issue.code) {
    case "invalid_type":
      return expectations[issue.expected] ?? "has the wrong type";
    case "invalid_value":
      return `must be one of: ${issue.values.map(String).join(", ")}`;
    case "invalid_format":
      return formats[issue.format] ?? "has the wrong format";
    case "too_small":
      return describeLowerBound(issue);
    case "too_big":
      return describeUpperBound(issue);
    case "not_multiple_of":
      return `must be a multiple of ${String(issue.divisor)}`;
    case "invalid_union":
      return "has none of the allowed forms";
    default:
      return "is not valid";
  }
}

function describeLowerBound({ origin, minimum, inclusive }: Extract<RawIssue, { code: "too_small" }>): string {
  if (origin === "date") return "is too early";
  return `must ${countUnit(origin, inclusive === false ? "more than" : "at least", minimum)}`;
}

function describeUpperBound({ origin, maximum, inclusive }: Extract<RawIssue, { code: "too_big" }>): string {
  if (origin === "date") return "is too late";
  return `must ${countUnit(origin, inclusive === false ? "less than" : "at most", maximum)}`;
}

function countUnit(origin: string, relation: string, bound: number | bigint): string {
  if (origin === "string") return `be ${relation} ${bound} characters long`;
  if (origin === "array" || origin === "set" || origin === "map") return `hold ${relation} ${bound} items`;
  return `be ${relation} ${bound}`;
}
