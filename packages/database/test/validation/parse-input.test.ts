import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ValidationError } from "../../src/errors/index.ts";
import { boundedInteger, email, jsonValue, oneOf, parseInput, recordId, text } from "../../src/validation/input.ts";

const schema = z.strictObject({
  email: email(),
  role: oneOf(["user", "admin"]),
  name: text({ min: 1, max: 20 }).optional(),
  records: z
    .array(z.strictObject({ severity: boundedInteger({ min: 0, max: 10 }) }))
    .max(3)
    .optional(),
});

function refuse(value: unknown, options?: { field: string }, by: z.ZodType = schema): ValidationError {
  try {
    parseInput(by, value, options);
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

test("yields what the schema makes of the value, and leaves the value alone", () => {
  const value = { email: "Ada@Example.org", role: "user" };
  expect(parseInput(schema, value)).toEqual({ email: "ada@example.org", role: "user" });
  expect(value.email).toBe("Ada@Example.org");
});

test("names every field at fault, with its path", () => {
  const { issues, code, field, message } = refuse({
    email: "x",
    records: [{ severity: 1 }, { severity: 11 }],
    nmae: "typo",
  });
  expect(issues).toEqual([
    { field: "email", message: "is not a valid e-mail address: it has no @" },
    { field: "role", message: "is required" },
    { field: "records.1.severity", message: "must be at most 10" },
    { field: "nmae", message: "is not a known field" },
  ]);
  expect(code).toBe("INVALID_INPUT");
  expect(field).toBe("email");
  expect(message).toContain("nmae: is not a known field");
});

test("an unknown field of a nested object is named with its path", () => {
  const value = { email: "a@b.cc", role: "user", records: [{ severity: 1, admin: true }] };
  expect(refuse(value).issues).toEqual([{ field: "records.0.admin", message: "is not a known field" }]);
});

test("a value that is no object of fields is named as the caller says", () => {
  expect(refuse(0, { field: "userId" }, recordId()).issues).toEqual([
    { field: "userId", message: "must be at least 1" },
  ]);
  expect(refuse({}, { field: "records.3" }).field).toBe("records.3.email");
  expect(refuse("text").issues).toEqual([{ field: "input", message: "must be an object" }]);
  expect(refuse(undefined).issues).toEqual([{ field: "input", message: "is required" }]);
  expect(refuse([]).field).toBe("input");
});

describe("attack: what the caller sent does not come back", () => {
  const secret = "hunter2-SECRET";
  const everything = z.strictObject({
    a: text({ max: 3 }),
    b: email(),
    c: oneOf(["x"]),
    d: z.literal("y"),
    e: z.boolean(),
    f: recordId(),
    g: z.union([z.number(), z.boolean()]),
    h: z.iso.datetime(),
    i: z.array(z.number()),
    j: z.record(z.string(), z.number()),
    k: z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("p") })]),
    l: jsonValue({ maxBytes: 5 }),
    m: z.url(),
    n: z.string().regex(/^q$/),
    o: z.string().startsWith("q"),
    p: z.custom<string>(() => false),
  });

  test("in no message of any kind of fault", () => {
    const value = Object.fromEntries(
      Object.keys(everything.shape).map((field) => [field, field === "k" ? { kind: secret } : secret]),
    );
    const error = refuse(value, undefined, everything);
    expect(new Set(error.issues.map(({ field }) => field.split(".")[0])).size).toBe(16);
    expect(JSON.stringify(error.issues) + error.message + error.stack).not.toContain(secret);
    expect(error.cause).toBeUndefined();
  });

  test("the name of an unknown field cannot forge a line, nor fill a log", () => {
    const value = {
      email: "a@b.cc",
      role: "user",
      "a\r\nroot signed in\u001B[2J\u202E": 1,
      ["k".repeat(1_000_000)]: 1,
    };
    const { issues, message } = refuse(value);
    expect(issues.map(({ field }) => field)).toEqual(["a\uFFFD\uFFFDroot signed in\uFFFD[2J\uFFFD", "k".repeat(64)]);
    expect(message.length).toBeLessThan(300);
  });

  test("a hundred thousand unknown fields make fifty issues", () => {
    const value = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1]));
    expect(refuse(value).issues).toHaveLength(50);
  });

  test("mass assignment: __proto__, constructor and fields that are not listed are refused by name", () => {
    const value: unknown = JSON.parse(
      '{"email":"a@b.cc","role":"user","__proto__":{"role":"admin"},"constructor":1,"id":7}',
    );
    expect(refuse(value).issues.map(({ field }) => field)).toEqual(["__proto__", "constructor", "id"]);
  });
});
