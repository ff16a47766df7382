import { describe, expect, test } from "vitest";
import { ValidationError } from "../../src/errors/index.ts";
import { JsonDocument, readJson } from "../../src/validation/input.ts";

const documents = { results: { maxBytes: 16_777_216 } };

async function refusalOf(text: string, options = {}): Promise<unknown> {
  const error: unknown = await readJson(Buffer.from(text), { documents, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ValidationError);
  return (error as ValidationError).issues;
}

/** A text of the given length, more than what is read here and not on a thread. */
const filler = (length = 70_000) => "x".repeat(length);

describe("readJson", () => {
  test("reads what JSON.parse reads, here and on a thread", async () => {
    const value = { a: [1, -2.5, "ü\u2028", true, null], "": {}, b: { c: [[]] } };
    expect(await readJson(Buffer.from(JSON.stringify(value)))).toEqual(value);
    expect(await readJson(Buffer.from(`\uFEFF${JSON.stringify(value)}`))).toEqual(value);
    const large = { ...value, text: filler() };
    expect(await readJson(Buffer.from(JSON.stringify(large)))).toEqual(large);
  });

  test("a large document stays text, and what stands beside it is a value", async () => {
    const results = { text: filler(), list: [1, 2, 3] };
    const text = `{"scanId":"s", "results": ${JSON.stringify(results, null, 1)}, "target":"t"}`;
    const read = (await readJson(Buffer.from(text), { documents })) as Record<string, unknown>;
    expect(read).toEqual({ scanId: "s", target: "t", results: expect.any(JsonDocument) });
    expect((read["results"] as JsonDocument).text()).toBe(JSON.stringify(results));
  });

  test("attack: more than a parser should be given is refused by its bytes", async () => {
    const deep = `${"[".repeat(100)}${"]".repeat(100)}`;
    const manyDeep = `${"[".repeat(8_000_000)}${"]".repeat(8_000_000)}`;
    const manyKeys = `{"results":{${Array.from({ length: 900_000 }, (_, i) => `"k${i}":0`).join(",")}}}`;
    const manyValues = `{"results":[${"0,".repeat(1_500_000)}0]}`;
    for (const text of [deep, manyDeep, `{"results":${deep}}`]) {
      expect(await refusalOf(text)).toEqual([{ field: "input", message: "is nested too deeply" }]);
    }
    expect(await refusalOf(manyKeys)).toEqual([
      { field: "input", message: "must hold at most 50000 members in one object" },
    ]);
    expect(await refusalOf(manyValues)).toEqual([{ field: "input", message: "must hold at most 1000000 values" }]);
  });

  test("what is within strings is not counted", async () => {
    const text = JSON.stringify({ a: '[{,:"\\'.repeat(20) });
    expect(await readJson(Buffer.from(text), { bounds: { maxDepth: 1, maxValues: 2, maxMembers: 1 } })).toEqual(
      JSON.parse(text),
    );
  });

  test("what is no JSON", async () => {
    for (const text of ["", "{", "nul", "{'a':1}", '{"a":1}}', `{"a":"${filler()}`]) {
      expect(await refusalOf(text)).toEqual([{ field: "input", message: "must be JSON" }]);
    }
  });

  test("attack: a key that would change every object, however it is written", async () => {
    const keys = ['{"__proto__":{}}', '{"\\u005f_proto__":{}}', '{"a":[{"constructor":{"prototype":{}}}]}'];
    for (const key of keys) {
      expect(await refusalOf(key)).toEqual([{ field: "input", message: "has a key that is not allowed" }]);
      const large = `{"rest":${key},"text":"${filler()}"}`;
      expect(await refusalOf(large)).toEqual([{ field: "input", message: "has a key that is not allowed" }]);
      const [issue] = (await refusalOf(`{"results":{"in":${key},"text":"${filler()}"}}`)) as { field: string }[];
      expect(issue?.field).toMatch(/^results\.in/);
    }
    expect(await readJson(Buffer.from('{"constructor":"a"}'))).toEqual({ constructor: "a" });
  });

  test("a document is held to the limits of its field", async () => {
    const options = { documents: { results: { maxBytes: 80_000 } } };
    expect(await refusalOf(`{"results":"${filler(80_001)}"}`, options)).toEqual([
      { field: "results", message: "must be at most 80000 bytes as JSON" },
    ]);
    expect(await refusalOf(`{"results":{"a":"\\u0000${filler()}"}}`)).toEqual([
      { field: "results.a", message: "must not hold the NUL character" },
    ]);
  });

  test("attack: what is no document does not come back as a mountain of values", async () => {
    expect(await refusalOf(`{"other":[${"0,".repeat(50_000)}0]}`)).toEqual([
      { field: "input", message: "must hold at most 20000 values" },
    ]);
  });
});

test("attack: who sends much waits for it alone: owners take turns for the threads", async () => {
  const done: string[] = [];
  const read = async (owner: string, length: number) => {
    await readJson(Buffer.from(JSON.stringify({ text: filler(length) })), { owner });
    done.push(owner);
  };
  const all = Array.from({ length: 10 }, () => read("many", 2_000_000));
  all.push(read("one", 70_000));
  await Promise.all(all);
  // Two are read at once, and one more of "many" had its turn: in the order in which they came it would be the last.
  expect(done.indexOf("one")).toBeLessThanOrEqual(5);
});
