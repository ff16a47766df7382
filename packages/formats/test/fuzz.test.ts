import { expect, test } from "vitest";
import { damaged, millisecondsOf, outcomeOf } from "./support/damage.ts";
import { readAll, samples } from "./support/samples.ts";

/** `npm run fuzz -- 10000` makes more. */
const damagesOfEach = 30;
const longestMs = 1000;

test.each(samples)("$file: what is damaged is read, or refused with a reason", async ({ file, format, text }) => {
  const whole = Buffer.from(text);
  const outcomes = new Set<string>();
  for (let number = 0; number < damagesOfEach; number += 1) {
    const begun = process.cpuUsage();
    outcomes.add(await outcomeOf(damaged(whole, `${file} ${number}`), format));
    expect(millisecondsOf(process.cpuUsage(begun))).toBeLessThan(longestMs);
  }
  // Both ends are reached: it is not refused at once.
  expect([...outcomes].filter((outcome) => ["read", "partial"].includes(outcome))).not.toEqual([]);
});

test.each(samples)("$file: pieces of any size give the same records", async ({ format, text }) => {
  const { records } = await readAll(text, { format });
  for (const size of [1, 7, 64]) expect((await readAll(text, { format, size })).records).toEqual(records);
});
