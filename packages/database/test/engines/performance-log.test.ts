import { expect, test } from "vitest";
import { countDuration, emptyHistogram, percentileOf } from "../../src/engines/shared/duration-histogram.ts";
import { PerformanceLog } from "../../src/engines/shared/performance-log.ts";

test.each([0.003, 0.25, 7, 1234, 200_000])("a percentile of durations around %d ms is within 7 parts of 100", (ms) => {
  const histogram = emptyHistogram();
  for (let part = 1; part <= 100; part += 1) countDuration(histogram, (ms * part) / 50);
  expect(Math.abs(percentileOf(histogram, 0.5) / ms - 1)).toBeLessThan(0.07);
  expect(Math.abs(percentileOf(histogram, 0.95) / (ms * 1.9) - 1)).toBeLessThan(0.07);
});

test("durations that are none, or beyond all bounds, are counted at the ends", () => {
  const histogram = emptyHistogram();
  for (const ms of [-1, 0, Number.NaN, Infinity, 1e12]) countDuration(histogram, ms);
  expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(5);
  expect(percentileOf(emptyHistogram(), 0.5)).toBe(0);
});

test("a log keeps 500 statements, forgets those least recently used, and loses no run", () => {
  const log = new PerformanceLog();
  const first = log.timesOf("statement 0");
  for (let number = 0; number < 2000; number += 1) {
    log.add(log.timesOf(`statement ${number}`), 1, 1);
    if (number % 100 === 0) log.add(first, 5, 1);
  }
  const texts = log.statements().map(({ text }) => text);
  expect(texts).toHaveLength(500);
  expect(texts).toContain("statement 0");
  expect(texts).toContain("statement 1999");
  expect(texts).not.toContain("statement 1");
  expect(log.total()).toMatchObject({ count: 2020, rows: 2020, totalMs: 2100, maxMs: 5 });
});

test("times that a connection holds are listed again after they were forgotten", () => {
  const log = new PerformanceLog();
  const held = log.timesOf("held");
  log.add(held, 1, 0);
  log.clear();
  expect(log.statements()).toEqual([]);
  expect(log.recent()).toEqual([]);
  log.add(held, 2, 0);
  expect(log.statements()).toEqual([expect.objectContaining({ text: "held", count: 1, totalMs: 2 })]);
});

test("two connections that began times of one text end up with both", () => {
  const log = new PerformanceLog();
  const [one, other] = [log.timesOf("same"), log.timesOf("same")];
  log.add(one, 1, 0);
  log.add(other, 2, 0);
  log.add(one, 3, 0);
  expect(log.statements()).toEqual([expect.objectContaining({ count: 3, totalMs: 6, maxMs: 3 })]);
  expect(log.total().count).toBe(3);
});

test("a long text is cut, and its plan is not asked for", () => {
  const log = new PerformanceLog();
  const times = log.timesOf("x".repeat(50_000));
  expect(times.text.length).toBeLessThan(10_010);
  expect(times.plannable).toBe(false);
});
