import { expect, test } from "vitest";
import { FormatError, formats } from "@nerve/formats";
import { readAll, samples } from "./support/samples.ts";
import { numbers } from "./support/numbers.ts";

const changesOfEach = 30;
const longest = 1000;

test("every format has a sample, and is the only one that is sure of it", async () => {
  const known = new Set(samples.map(({ format }) => format));
  expect(formats.filter(({ name }) => !known.has(name)).map(({ name }) => name)).toEqual([]);
  for (const { file, format, text, given } of samples) {
    const { survey, records } = await readAll(text, given ? { format } : {});
    expect({ file, format: survey.format, outcome: survey.outcome }).toEqual({ file, format, outcome: "read" });
    expect(records.length).toBeGreaterThan(0);
  }
});

test.each(samples)(
  "$file: a cut or a changed byte is read, or refused with a reason",
  async ({ file, format, text }) => {
    const next = numbers(file);
    const whole = Buffer.from(text);
    const outcomes = new Set<string>();
    for (let change = 0; change < changesOfEach; change += 1) {
      const bytes = changed(whole, next);
      const begun = performance.now();
      const outcome = await attempt(bytes, format);
      outcomes.add(outcome);
      expect(performance.now() - begun).toBeLessThan(longest);
    }
    expect(outcomes).toContain("read");
  },
);

test.each(samples)("$file: pieces of any size give the same records", async ({ format, text }) => {
  const { records } = await readAll(text, { format });
  for (const size of [1, 7, 64]) expect((await readAll(text, { format, size })).records).toEqual(records);
});

/** Cuts the report, or changes, removes or repeats some of its bytes. */
function changed(whole: Buffer, next: (below: number) => number): Buffer {
  const at = next(whole.length);
  const way = next(4);
  if (way === 0) return whole.subarray(0, at);
  if (way === 1) return Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1 + next(20))]);
  if (way === 2) return Buffer.concat([whole.subarray(0, at + 1), whole.subarray(next(at + 1))]);
  const bytes = Buffer.from(whole);
  for (let flips = next(4); flips >= 0; flips -= 1) bytes[next(bytes.length)] = next(256);
  return bytes;
}

async function attempt(bytes: Buffer, format: string): Promise<string> {
  try {
    const { survey, records } = await readAll(bytes, { format });
    for (const record of records)
      if (record.kind === "finding" && record.locations.length === 0) throw new Error("a finding has no location");
    return survey.outcome;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.code;
  }
}
