import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ValidationError } from "../../src/errors/index.ts";
import * as input from "../../src/validation/input.ts";

const { parseInput } = input;

/** What parsing says of a field: its value, or the message of its fault. */
function read(schema: z.ZodType, value: unknown): unknown {
  try {
    return parseInput(z.strictObject({ field: schema }), { field: value }).field;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    expect(error.field).toMatch(/^field/);
    return error.issues[0]?.message;
  }
}

describe("text", () => {
  const name = input.text({ min: 1, max: 5 });

  test.each(["a", "abcde", "😀😀😀😀😀", "日本語", "'; --", " a ", "\u200Eab"])("takes %j as it is", (value) =>
    expect(read(name, value)).toBe(value),
  );

  test.each([
    ["abcdef", "must be at most 5 characters long"],
    ["😀😀😀😀😀😀", "must be at most 5 characters long"],
    ["", "must be at least 1 characters long"],
    ["   ", "must not be blank"],
    ["a\0", "must not hold control characters or line breaks"],
    ["a\nb", "must not hold control characters or line breaks"],
    ["\u001B[2J", "must not hold control characters or line breaks"],
    ["a\u2028b", "must not hold control characters or line breaks"],
    ["a\u202Eb", "must not hold control characters or line breaks"],
    ["a\uD800", "must be well-formed Unicode"],
    [5, "must be text"],
    [null, "must be text"],
    [["a"], "must be text"],
    [undefined, "is required"],
  ])("refuses %j: %s", (value, message) => expect(read(name, value)).toBe(message));

  test("an empty text is a value where the least length is 0", () => expect(read(input.text({ max: 5 }), "")).toBe(""));

  test("the least length counts code points", () => {
    expect(read(input.text({ min: 2, max: 5 }), "😀")).toBe("must be at least 2 characters long");
    expect(read(input.text({ min: 2, max: 5 }), "😀😀")).toBe("😀😀");
  });

  test("several lines take line feeds and tabs, turn CRLF into LF, and refuse other controls", () => {
    const notes = input.text({ max: 9, multiline: true });
    expect(read(notes, "a\n\tb")).toBe("a\n\tb");
    expect(read(notes, "1234\r\n6789")).toBe("1234\n6789");
    expect(read(notes, "a\u2067b")).toBe("a\u2067b");
    expect(read(notes, "a\rb")).toBe("must not hold control characters");
    expect(read(notes, "a\0b")).toBe("must not hold control characters");
  });
});

describe("names of the network", () => {
  test("email yields the normal form", () => {
    expect(read(input.email(), "Ada@BÜCHER.example")).toBe("ada@xn--bcher-kva.example");
    expect(read(input.email(), "nobody")).toBe("is not a valid e-mail address: it has no @");
  });

  test("domain yields the lower-case ASCII form", () => {
    expect(read(input.domain(), "BÜCHER.example")).toBe("xn--bcher-kva.example");
    expect(read(input.domain(), "localhost")).toBe("is not a valid domain");
  });

  test("ipAddress yields the shortest form", () => {
    expect(read(input.ipAddress(), "2001:DB8:0::1")).toBe("2001:db8::1");
    expect(read(input.ipAddress(), "1.2.3")).toBe("is not a valid IP address");
  });
});

describe("numbers", () => {
  test.each([[1], [Number.MAX_SAFE_INTEGER]])("recordId takes %s", (value) =>
    expect(read(input.recordId(), value)).toBe(value),
  );

  test.each([
    [0, "must be at least 1"],
    [-1, "must be at least 1"],
    [1.5, "must be a whole number"],
    [2 ** 53, "must be at most 9007199254740991"],
    [Number.NaN, "must be a number"],
    [Infinity, "must be a number"],
    ["1", "must be a number"],
    [1n, "must be a number"],
    [true, "must be a number"],
    [null, "must be a number"],
    [undefined, "is required"],
  ])("recordId refuses %s: %s", (value, message) => expect(read(input.recordId(), value)).toBe(message));

  test("limit has a default, and refuses what is below 1 or above its bound", () => {
    expect(parseInput(z.strictObject({ limit: input.limit() }), {})).toEqual({ limit: 100 });
    expect(parseInput(z.strictObject({ limit: input.limit({ max: 20 }) }), {})).toEqual({ limit: 20 });
    expect(parseInput(z.strictObject({ limit: input.limit({ default: 7 }) }), {})).toEqual({ limit: 7 });
    expect(read(input.limit(), 0)).toBe("must be at least 1");
    expect(read(input.limit(), -5)).toBe("must be at least 1");
    expect(read(input.limit(), 1001)).toBe("must be at most 1000");
    expect(read(input.limit(), "10")).toBe("must be a number");
  });

  test("boundedInteger takes its bounds and nothing beyond", () => {
    const age = input.boundedInteger({ min: 0, max: 2 });
    expect([-1, 0, 2, 3].map((value) => read(age, value))).toEqual(["must be at least 0", 0, 2, "must be at most 2"]);
  });
});

describe("dates", () => {
  test("date takes a valid Date from year 1 to 9999", () => {
    const dates = ["0001-01-01T00:00:00.000Z", "2024-02-29T12:00:00.001Z", "9999-12-31T23:59:59.999Z"];
    for (const text of dates) expect(read(input.date(), new Date(text))).toEqual(new Date(text));
    expect(read(input.date(), new Date(Number.NaN))).toBe("must be a valid date");
    expect(read(input.date(), new Date(8.64e15))).toBe("is too late");
    expect(read(input.date(), new Date("0000-12-31T23:59:59.999Z"))).toBe("is too early");
    expect(read(input.date(), "2024-01-01T00:00:00Z")).toBe("must be a valid date");
    expect(read(input.date(), 0)).toBe("must be a valid date");
  });

  test("isoDate yields the moment that the text names", () => {
    expect(read(input.isoDate(), "2024-02-29T02:00:00.123+02:00")).toEqual(new Date("2024-02-29T00:00:00.123Z"));
  });

  test.each([
    "2025-02-29T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00",
    "2024-01-01",
    "2024-01-01T00:00:00Z\n",
    "tomorrow",
    "",
  ])("isoDate refuses %j", (value) =>
    expect(read(input.isoDate(), value)).toBe("must be a date and time with its offset, such as 2026-01-31T12:00:00Z"),
  );

  test("isoDate keeps to the years 1 to 9999 and to a sane length", () => {
    expect(read(input.isoDate(), "0000-06-01T00:00:00Z")).toBe("is too early");
    expect(read(input.isoDate(), "9999-12-31T23:59:59-01:00")).toBe("is too late");
    expect(read(input.isoDate(), `2024-01-01T00:00:00.${"1".repeat(40)}Z`)).toBe("must be at most 40 characters long");
    expect(read(input.isoDate(), 5)).toBe("must be text");
  });
});

test("cursor takes base64url of a bounded length", () => {
  expect(read(input.cursor(), "eyJpZCI6NX0_-")).toBe("eyJpZCI6NX0_-");
  for (const value of ["", "a b", "a=", "a\n", "a".repeat(513)]) {
    expect(read(input.cursor(), value)).toBe("is not a cursor of this list");
  }
});

test("oneOf names the allowed words and no inherited ones", () => {
  const role = input.oneOf(["user", "admin"]);
  expect(read(role, "admin")).toBe("admin");
  for (const value of ["root", "Admin", "toString", "__proto__", 0, null]) {
    expect(read(role, value)).toBe("must be one of: user, admin");
  }
  expect(read(role, undefined)).toBe("is required");
});

test("every field but date has a JSON schema, with the limits that OpenAPI shows", () => {
  const schema = z.strictObject({
    name: input.text({ min: 1, max: 80 }),
    notes: input.text({ max: 9, multiline: true }).optional(),
    email: input.email(),
    domain: input.domain(),
    ip: input.ipAddress(),
    id: input.recordId(),
    limit: input.limit(),
    cursor: input.cursor(),
    since: input.isoDate(),
    count: input.boundedInteger({ min: 0, max: 9 }),
    data: input.jsonValue(),
    role: input.oneOf(["user"]),
  });
  const json = z.toJSONSchema(schema, { io: "input" });
  expect(json.additionalProperties).toBe(false);
  expect(json.required).toEqual(["name", "email", "domain", "ip", "id", "cursor", "since", "count", "data", "role"]);
  expect(json.properties).toMatchObject({
    name: { type: "string", minLength: 1, maxLength: 80 },
    notes: { type: "string", maxLength: 9 },
    email: { type: "string", format: "idn-email", maxLength: 254 },
    domain: { type: "string", format: "idn-hostname", maxLength: 253 },
    ip: { type: "string", anyOf: [{ format: "ipv4" }, { format: "ipv6" }] },
    id: { type: "integer", minimum: 1 },
    limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    cursor: { type: "string", maxLength: 512 },
    since: { type: "string", format: "date-time" },
    count: { type: "integer", minimum: 0, maximum: 9 },
    role: { enum: ["user"] },
  });
});
