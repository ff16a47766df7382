import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a file holds: keys of a survey, and numbers counted from its records. */
export type Expectation = Readonly<Record<string, unknown>>;

export interface OracleFile {
  readonly path: string;
  readonly sha256: string;
  /** Null where no format should be sure. */
  readonly format: string | null;
  readonly expect: Expectation;
}

export interface Oracle {
  readonly files: readonly OracleFile[];
}

/** Reads `oracle.json` of a folder of samples. */
export function readOracle(folder: string): Oracle {
  const oracle = JSON.parse(readFileSync(join(folder, "oracle.json"), "utf8")) as Oracle & { version: unknown };
  if (oracle.version !== 1) throw new Error("oracle.json is of a version that this command does not know");
  return oracle;
}

/** Where what was found differs from what was expected, for the expected keys only. */
export function differences(expected: Expectation, found: Expectation): string[] {
  return Object.entries(expected).flatMap(([key, value]) => {
    const other = found[key];
    return same(value, other) || (other === undefined && isNone(value))
      ? []
      : [`${key}: expected ${print(value)}, got ${print(other)}`];
  });
}

/** What was never counted is none. */
function isNone(value: unknown): boolean {
  return value === 0 || print(value) === "{}";
}

/** Compares without regard to the order of keys. */
function same(one: unknown, other: unknown): boolean {
  return print(one) === print(other);
}

function print(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "nothing";
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
