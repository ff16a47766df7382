import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ValidationError, type InputIssue } from "../../src/errors/index.ts";
import { jsonValue, parseInput, type JsonOptions } from "../../src/validation/input.ts";

function findFault(value: unknown, options?: JsonOptions): InputIssue | undefined {
  try {
    parseInput(z.strictObject({ data: jsonValue(options) }), { data: value });
    return undefined;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    expect(error.issues).toHaveLength(1);
    return error.issues[0];
  }
}

function nest(depth: number): unknown {
  return depth === 0 ? 1 : [nest(depth - 1)];
}

test.each([
  [0],
  [""],
  [[]],
  [{}],
  [null],
  [false],
  [-1.5e300],
  ["'; --"],
  [{ a: [{ b: null }] }],
  [Object.create(null)],
])("takes %j", (value) => expect(findFault(value)).toBeUndefined());

test("gives back the very value", () => {
  const data = { a: [1, "x"] };
  expect(parseInput(z.strictObject({ data: jsonValue() }), { data }).data).toEqual(data);
});

describe("names where plain JSON ends", () => {
  test.each([
    [{ a: [1, Number.NaN] }, "data.a.1", "must be a finite number"],
    [{ a: Infinity }, "data.a", "must be a finite number"],
    [{ a: undefined }, "data.a", "is required"],
    [Array(1), "data.0", "is required"],
    [{ a: 1n }, "data.a", "must be plain JSON"],
    [{ a: () => 1 }, "data.a", "must be plain JSON"],
    [{ a: { toJSON: () => 1 } }, "data.a.toJSON", "must be plain JSON"],
    [{ a: Symbol("x") }, "data.a", "must be plain JSON"],
    [{ a: new Date(0) }, "data.a", "must be plain JSON"],
    [new Map(), "data", "must be plain JSON"],
    [{ a: new Uint8Array(1) }, "data.a", "must be plain JSON"],
    [{ a: ["x\0"] }, "data.a.0", "must not hold the NUL character"],
    [{ a: "\uD800" }, "data.a", "must be well-formed Unicode"],
    [{ a: { "k\0": 1 } }, "data.a.k\uFFFD", "must not hold the NUL character"],
    [{ "\uDC00": 1 }, "data.\uFFFD", "must be well-formed Unicode"],
    [undefined, "data", "is required"],
  ])("case %#", (value, field, message) => expect(findFault(value)).toEqual({ field, message }));
});

describe("depth", () => {
  test("is 64 unless told", () => {
    expect(findFault(nest(64))).toBeUndefined();
    expect(findFault(nest(65))?.message).toBe("is nested too deeply");
    expect(findFault(nest(3), { maxDepth: 2 })?.field).toBe("data.0.0");
  });

  test("attack: a value that contains itself, or is nested a million deep, is refused", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(findFault(circular)?.message).toBe("is nested too deeply");
    let deep: unknown = 1;
    for (let level = 0; level < 1_000_000; level += 1) deep = [deep];
    expect(findFault(deep)?.message).toBe("is nested too deeply");
  });
});

describe("size", () => {
  test.each(["a", "ü", "€", "😀", "\n", '"', "\u0001"])("is counted in the bytes of the JSON text, for %j", (unit) => {
    const value = { key: unit.repeat(100), list: [1.25, true, null] };
    const bytes = Buffer.byteLength(JSON.stringify(value));
    expect(findFault(value, { maxBytes: bytes })).toBeUndefined();
    expect(findFault(value, { maxBytes: bytes - 1 })).toEqual({
      field: "data",
      message: `must be at most ${bytes - 1} bytes as JSON`,
    });
  });

  test("is 1 MiB unless told", () => {
    expect(findFault("a".repeat(1_048_574))).toBeUndefined();
    expect(findFault("a".repeat(1_048_575))?.field).toBe("data");
  });

  test("attack: parts shared again and again do not multiply the work", () => {
    let shared: unknown = "x";
    for (let level = 0; level < 60; level += 1) shared = [shared, shared];
    expect(findFault(shared)?.message).toBe("must be at most 1048576 bytes as JSON");
  });
});

describe("attack: prototype pollution", () => {
  test.each([
    '{"__proto__": {"admin": true}}',
    '{"constructor": {"prototype": {"admin": true}}}',
    '[{"a": {"__proto__": 1}}]',
  ])("%s is refused with its path", (text) =>
    expect(findFault(JSON.parse(text))?.message).toBe("is not allowed as a key"),
  );

  test("the same words are data where they can do nothing", () => {
    const data: unknown = JSON.parse(
      '{"constructor": "Acme Builders", "prototype": "v2", "toString": 1, "hasOwnProperty": 2}',
    );
    expect(findFault(data)).toBeUndefined();
  });
});
