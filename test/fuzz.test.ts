import { expect, test } from "vitest";
import { fuzz } from "../scripts/fuzz/fuzz.ts";

async function run(...words: string[]) {
  const lines: string[] = [];
  const code = await fuzz(words, { print: (line) => lines.push(line) });
  return { code, lines };
}

test("fuzz tells how the damaged samples end, and the same numbers are the same damages", async () => {
  const all = await run("9", "--only", "naabu");
  expect(all).toEqual({ code: 0, lines: ['naabu.jsonl: {"read":9}', "0 faults"] });
  const damages: string[] = [];
  const read = async (bytes: Buffer) => Promise.resolve(String(damages.push(bytes.toString("hex"))));
  await fuzz(["5", "--only", "naabu"], { print: () => undefined, read });
  await fuzz(["1", "--only", "naabu", "--from", "3"], { print: () => undefined, read });
  expect(damages[5]).toBe(damages[3]);
  expect(new Set(damages).size).toBe(5);
});

test("fuzz names the damage that a reader did not bear, and ends with 1", async () => {
  const lines: string[] = [];
  const read = () => Promise.reject(new TypeError("a reader fell"));
  const code = await fuzz(["1", "--only", "naabu", "--from", "7"], { print: (line) => lines.push(line), read });
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^naabu\.jsonl: damage 7: TypeError: a reader fell\n/),
    'naabu.jsonl: {"fault":1}',
    "1 faults",
  ]);
});

test("fuzz says how it is used where it cannot do what it is told", async () => {
  for (const words of [["many"], ["0"], ["--only", "no such file"], ["--from=-1"]])
    expect(await run(...words)).toMatchObject({ code: 3, lines: [expect.stringContaining("npm run fuzz")] });
  expect((await run("--help")).code).toBe(0);
});
