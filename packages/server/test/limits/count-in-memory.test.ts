import { expect, test } from "vitest";
import { testClock } from "../../../database/test/support/clock.ts";
import { countInMemory } from "../../src/limits/count-in-memory.ts";

test("counts each client by itself, in windows that begin with its first hit", () => {
  const clock = testClock();
  const count = countInMemory(60_000, clock);
  expect(count("a")).toEqual({ hits: 1, leftMs: 60_000 });
  clock.advance({ milliseconds: 59_999 });
  expect(count("a")).toEqual({ hits: 2, leftMs: 1 });
  expect(count("b")).toEqual({ hits: 1, leftMs: 60_000 });
  clock.advance({ milliseconds: 1 });
  expect(count("a")).toEqual({ hits: 1, leftMs: 60_000 });
  expect(count("b")).toEqual({ hits: 2, leftMs: 59_999 });
});

test("going on after a refusal does not lengthen the window", () => {
  const clock = testClock();
  const count = countInMemory(1000, clock);
  for (let hit = 0; hit < 10; hit += 1) count("a");
  clock.advance({ milliseconds: 400 });
  expect(count("a")).toEqual({ hits: 11, leftMs: 600 });
  clock.advance({ milliseconds: 600 });
  expect(count("a").hits).toBe(1);
});

test("attack: a flood of clients takes no more memory than five thousand, and the busy are not forgotten for them", () => {
  const count = countInMemory(60_000, testClock());
  count("first");
  for (let other = 0; other < 4000; other += 1) count(`other ${other}`);
  expect(count("first").hits).toBe(2);
  for (let other = 4000; other < 8000; other += 1) count(`other ${other}`);
  expect(count("first").hits).toBe(3);
  for (let other = 8000; other < 13_000; other += 1) count(`other ${other}`);
  expect(count("first").hits).toBe(1);
});
