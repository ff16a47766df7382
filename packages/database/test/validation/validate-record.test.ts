import { describe, expect, test } from "vitest";
import { ValidationError } from "../../src/errors/index.ts";
import { validateRecord } from "../../src/validation/index.ts";

test("a record that keeps its rules is valid", () => {
  const rules = { email: { type: "email", required: true }, name: { maxLength: 50 } } as const;
  expect(validateRecord({ email: "test@example.com", name: "Ada", extra: 1 }, rules)).toEqual({
    valid: true,
    errors: [],
  });
});

describe("a required field", () => {
  const rules = { email: { required: true } };

  test.each([[{}], [{ email: undefined }], [{ email: null }], [{ email: "" }]])("is missing in %j", (data) =>
    expect(validateRecord(data, rules)).toEqual({ valid: false, errors: ["email is required"] }),
  );

  test.each([[{ email: 0 }], [{ email: false }], [{ email: [] }], [{ email: {} }], [{ email: " " }]])(
    "is present in %j",
    (data) => expect(validateRecord(data, rules).valid).toBe(true),
  );
});

test("a field that is not required may be missing, whatever its type", () => {
  expect(validateRecord({ email: "" }, { email: { type: "email" }, ip: { type: "ip" } }).valid).toBe(true);
});

test.each([
  ["email", "bad", "a@b.cc"],
  ["email", 5, "a@b.cc"],
  ["domain", "notadomain", "example.org"],
  ["ip", "256.1.1.1", "2001:db8::1"],
  ["string", 0, "text"],
  ["integer", 1.5, 0],
  ["integer", "1", -1],
  ["integer", 2 ** 53, 1],
  ["boolean", 0, false],
] as const)("a value of type %s: %j is refused, %j is not", (type, bad, good) => {
  expect(validateRecord({ field: bad }, { field: { type } }).errors).toEqual([`field is not a valid ${type}`]);
  expect(validateRecord({ field: good }, { field: { type } }).valid).toBe(true);
});

test("length is counted in code points of the value as text", () => {
  expect(validateRecord({ name: "a".repeat(100) }, { name: { maxLength: 50 } }).errors).toEqual([
    "name exceeds maximum length of 50",
  ]);
  expect(validateRecord({ name: "😀😀" }, { name: { maxLength: 2 } }).valid).toBe(true);
  expect(validateRecord({ name: 123 }, { name: { maxLength: 2 } }).valid).toBe(false);
  expect(validateRecord({ name: 123n }, { name: { maxLength: 3 } }).valid).toBe(true);
  expect(validateRecord({ name: ["ab"] }, { name: { maxLength: 5 } }).valid).toBe(false);
  expect(validateRecord({ name: "a" }, { name: { maxLength: 0 } }).valid).toBe(false);
});

test("a value that has no text exceeds every length, without a throw", () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  for (const name of [circular, Symbol("x")]) {
    expect(validateRecord({ name }, { name: { maxLength: 9 } }).errors).toEqual(["name exceeds maximum length of 9"]);
  }
});

test("a field may break two rules, and every field is checked", () => {
  const rules = { email: { type: "email", maxLength: 3 }, ip: { required: true } } as const;
  expect(validateRecord({ email: "nobody" }, rules).errors).toEqual([
    "email is not a valid email",
    "email exceeds maximum length of 3",
    "ip is required",
  ]);
});

describe("a fault of the program is an exception that names it", () => {
  test.each([
    [{ email: { type: "phone" } }, "rules.email.type"],
    [{ email: { max_length: 5 } }, "rules.email.max_length"],
    [{ email: { maxLength: -1 } }, "rules.email.maxLength"],
    [{ email: { required: "yes" } }, "rules.email.required"],
    [{ email: null }, "rules.email"],
    [null, "rules"],
  ])("%j", (rules, field) => {
    const check = () => validateRecord({ email: "a@b.cc" }, rules as unknown as Parameters<typeof validateRecord>[1]);
    expect(check).toThrow(ValidationError);
    expect(check).toThrow(expect.objectContaining({ field }));
  });

  test.each([[null], [undefined], ["text"], [[]], [new Map()], [new Error()]])("data that is %s", (data) =>
    expect(() => validateRecord(data, {})).toThrow(expect.objectContaining({ field: "data" })),
  );
});

describe("attack: prototypes", () => {
  test("what is only inherited is missing", () => {
    expect(validateRecord({}, { constructor: { required: true }, toString: { required: true } }).errors).toHaveLength(
      2,
    );
  });

  test("a field named __proto__ is an ordinary field", () => {
    const rules = JSON.parse('{"__proto__": {"required": true}}') as Parameters<typeof validateRecord>[1];
    expect(validateRecord({}, rules).errors).toEqual(["__proto__ is required"]);
    expect(validateRecord(JSON.parse('{"__proto__": {"polluted": 1}}'), rules).valid).toBe(true);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
