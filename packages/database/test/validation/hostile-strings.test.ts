import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  normalizeEmail,
  sanitizeInput,
  validateDomain,
  validateEmail,
  validateIpAddress,
} from "../../src/validation/index.ts";
import { cursor, isoDate, jsonValue, parseInput, text } from "../../src/validation/input.ts";

const fields = {
  text: text({ max: 1e7 }),
  notes: text({ max: 1e7, multiline: true }),
  isoDate: isoDate(),
  cursor: cursor(),
  json: jsonValue(),
};

const functions: Record<string, (value: string) => unknown> = {
  validateEmail,
  validateDomain,
  validateIpAddress,
  normalizeEmail,
  sanitizeInput: (value) => sanitizeInput(value),
  "sanitizeInput with HTML": (value) => sanitizeInput(value, { allowHtml: true }),
  "every field": (value) => Object.values(fields).map((field) => z.safeParse(field, value).success),
};

const pieces = [
  "a",
  "@",
  ".",
  "-",
  "a.",
  "a@",
  "xn--",
  "ü",
  "\u0301",
  "😀",
  "\uD800",
  "\0",
  "\r\n",
  " ",
  "\u001B[31m",
  "\u202E",
  "\u200D",
  "%",
  ":",
  "::",
  "1.",
  "<",
  "<b>",
  "</b>",
  "<<b>",
  "<b x='",
  "<!--",
  "<svg>",
  "<ul><li>",
  "<table>",
  "<a href=x>",
  "&",
  "&#",
  "'; DROP TABLE users; --",
];

/** Numbers that look random and are the same in every run. */
function* sequence(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

test("attack: no mixture of hostile pieces makes a check throw, or what is accepted unstable", () => {
  const numbers = sequence(20_260_101);
  const next = (below: number) => Math.floor((numbers.next().value / 2 ** 32) * below);
  for (let round = 0; round < 3000; round += 1) {
    const value = Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)]).join("");
    const plain = sanitizeInput(value);
    expect(plain, value).not.toMatch(/<[a-z/!?]|[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/iu);
    expect(plain.isWellFormed()).toBe(true);
    expect(sanitizeInput(plain), value).toBe(plain);
    const normal = normalizeEmail(value);
    expect(normalizeEmail(normal), value).toBe(normal);
    if (validateEmail(value)) expect(validateEmail(normal), value).toBe(true);
    if (validateEmail(value) || validateDomain(value)) expect(value).not.toMatch(/[\p{Cc}\s%<>:]/u);
  }
});

describe("fragments of SQL are data like any other", () => {
  test.each(["' OR '1'='1", "Robert'); DROP TABLE users;--", "1; SELECT pg_sleep(9)", "%_\\", "$1 ? :name @p"])(
    "%j",
    (value) => {
      expect(parseInput(fields.text, value)).toBe(value);
      expect(parseInput(fields.json, { value })).toEqual({ value });
      expect(sanitizeInput(value)).toBe(value);
    },
  );
});

/** Processor time in milliseconds, the least of two: other work on the machine does not count. */
function measure(work: () => unknown): number {
  const runs = [1, 2].map(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

describe("attack: four times the input takes about four times as long, and not sixteen", () => {
  // Below this many milliseconds a measurement says nothing.
  const floor = 4;

  test.each(Object.entries(functions))("%s", { timeout: 60_000 }, (_, check) => {
    for (const piece of pieces) {
      const small = piece.repeat(250_000 / piece.length);
      const short = measure(() => check(small));
      const long = measure(() => check(small.repeat(4)));
      expect(long / Math.max(short, floor), `${JSON.stringify(piece)}: ${short} ms, then ${long} ms`).toBeLessThan(12);
    }
  });
});
