import { expect, test } from "vitest";
import { alignLines, type Pair } from "../../../src/surface/deciding/align-lines.ts";
import { type Random, randomFrom } from "../../support/random.ts";

type Lines = readonly number[];
const distanceOf = (pairs: readonly Pair[], known: Lines, reported: Lines) =>
  pairs.reduce((sum, [one, other]) => sum + Math.abs((known[one] ?? NaN) - (reported[other] ?? NaN)), 0);
const ascending = (lines: Lines) => lines.toSorted((one, other) => one - other);
const someLines = (random: Random, most: number) =>
  Array.from({ length: random.below(most + 1) }, () => random.below(12));

/** The least distance of all ways to pair the shorter list whole, its order kept. */
function leastByTrying(shorter: Lines, longer: Lines): number {
  const [line, ...rest] = shorter;
  if (line === undefined) return 0;
  const ways = longer.slice(0, longer.length - rest.length);
  return Math.min(...ways.map((other, index) => Math.abs(line - other) + leastByTrying(rest, longer.slice(index + 1))));
}

test("as many as there can be, at the least distance, as found by trying all", () => {
  const random = randomFrom(1);
  for (let round = 0; round < 1000; round += 1) {
    const [known, reported] = [someLines(random, 5), someLines(random, 5)];
    const pairs = alignLines(known, reported);
    const [shorter = [], longer = []] = [ascending(known), ascending(reported)].toSorted(
      (one, other) => one.length - other.length,
    );
    expect({ known, reported, distance: distanceOf(pairs, known, reported) }).toEqual({
      known,
      reported,
      distance: leastByTrying(shorter, longer),
    });
    expect(new Set(pairs.map(([one]) => one)).size).toBe(shorter.length);
    expect(new Set(pairs.map(([, one]) => one)).size).toBe(shorter.length);
  }
});

test("the order is kept", () => {
  const random = randomFrom(2);
  for (let round = 0; round < 300; round += 1) {
    const [known, reported] = [someLines(random, 8), someLines(random, 8)];
    const lines = alignLines(known, reported).map(([one, other]) => [known[one] ?? NaN, reported[other] ?? NaN]);
    const byReported = lines.toSorted(
      ([known1 = 0, line1 = 0], [known2 = 0, line2 = 0]) => line1 - line2 || known1 - known2,
    );
    expect(byReported.map(([line]) => line)).toEqual(ascending(byReported.map(([line]) => line ?? NaN)));
  }
});

test("where passing over is as good, the first are a pair", () => {
  expect(alignLines([10, 20], [15])).toEqual([[0, 0]]);
  expect(alignLines([15], [10, 20])).toEqual([[0, 0]]);
});

test("what has no line goes by order, after what has one", () => {
  expect(alignLines([null, null], [null, null, null])).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(alignLines([null, 7], [8, null])).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(alignLines([5, 6], [null])).toEqual([[0, 0]]);
  expect(alignLines([null], [5, 6])).toEqual([[0, 0]]);
});

test("five hundred are aligned", () => {
  const lines = Array.from({ length: 500 }, (_, index) => index * 10);
  const reported = lines.filter((_, index) => index % 2 === 1).map((line) => line + 1);
  expect(alignLines(lines, reported)).toEqual(reported.map((_, index) => [index * 2 + 1, index]));
});

test("attack: twenty thousand are no work for hours, and go by order", () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => index * 10);
  const moved = lines.map((line) => line + 7);
  expect(alignLines(lines, moved).filter(([one, other]) => one !== other)).toEqual([]);
  expect(alignLines([...lines, 200_000], moved).filter(([one, other]) => one !== other)).toEqual([]);
});

test("where one of so many came or went, those that did not move keep their places", () => {
  const lines = Array.from({ length: 600 }, (_, index) => index * 10);
  const fewer = lines.toSpliced(3, 1);
  const keeps = ([one, other]: Pair) => one === (other < 3 ? other : other + 1);
  expect(alignLines(lines, fewer).filter(keeps)).toHaveLength(599);
  const withNew = ([other, one]: Pair) => keeps([one, other]);
  expect(alignLines(fewer, lines).filter(withNew)).toHaveLength(599);
});
