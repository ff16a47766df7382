import type { Expectation } from "./oracle.ts";

/** Where what was found differs from what was expected, for the expected keys only. */
export function differences(expected: Expectation, found: Expectation): string[] {
  return Object.entries(expected).flatMap(([key, value]) => {
    const other = found[key];
    return isSame(value, other) || (other === undefined && isNone(value))
      ? []
      : [`${key}: expected ${print(value)}, got ${print(other)}`];
  });
}

/** What was never counted is none. */
function isNone(value: unknown): boolean {
  return value === 0 || print(value) === "{}";
}

/** Compares without regard to the order of keys. */
function isSame(one: unknown, other: unknown): boolean {
  return print(one) === print(other);
}

function print(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "nothing";
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
