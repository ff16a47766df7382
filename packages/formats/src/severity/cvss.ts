import cvss from "ae-cvss-calculator";
import type { Score } from "../records/records.ts";

const baseOf2 = ["AV", "AC", "Au", "C", "I", "A"];
const baseOf3 = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const baseOf4 = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

/** Best first. */
const versions = [
  { version: "4.0", prefix: "CVSS:4.0/", base: baseOf4, calculator: cvss.Cvss4P0 },
  { version: "3.1", prefix: "CVSS:3.1/", base: baseOf3, calculator: cvss.Cvss3P1 },
  { version: "3.0", prefix: "CVSS:3.0/", base: baseOf3, calculator: cvss.Cvss3P0 },
  { version: "2.0", prefix: "", base: baseOf2, calculator: cvss.Cvss2 },
] as const;

/** Metrics with values, such as `AV:N/AC:L`, with a prefix or not. */
const written = /^(?:CVSS:\d\.\d\/)?[A-Z]+[a-z]*:[A-Za-z]+(?:\/[A-Z]+[a-z]*:[A-Za-z]+)*$/i;

const known = new Map<string, Score | undefined>();
const mostKnown = 10_000;

/**
 * The score of a CVSS vector, with or without its prefix, in brackets or not; undefined where a base metric is missing or
 * something is none. A vector without a prefix is of version 3.1 or 4.0 by its metrics, else of 2.
 */
export function scoreOfVector(vector: string): Score | undefined {
  const key = vector.trim();
  if (key === "" || key.length > 400) return undefined;
  if (known.has(key)) return known.get(key);
  const score = calculate(key);
  if (known.size >= mostKnown) known.clear();
  known.set(key, score);
  return score;
}

function calculate(text: string): Score | undefined {
  const bare = text
    .replace(/^\((.*)\)$/, "$1")
    .replaceAll(/\s+/g, "")
    .replace(/^CVSS2#/i, "")
    .replace(/\/+$/, "");
  // What is no metric with a value, the calculator would print.
  if (!written.test(bare)) return undefined;
  const metrics = new Set(bare.split("/").map((part) => part.split(":")[0] ?? ""));
  const given = /^CVSS:(\d\.\d)\//i.exec(bare)?.[1];
  const found = versions.find(({ version, base }) =>
    given === undefined ? base.every((metric) => metrics.has(metric)) : version === given,
  );
  if (found === undefined || !found.base.every((metric) => metrics.has(metric))) return undefined;
  const whole = given === undefined ? `${found.prefix}${bare}` : bare;
  try {
    const { base } = new found.calculator(whole).calculateScores();
    return base === undefined ? undefined : { version: found.version, vector: whole, base };
  } catch {
    return undefined;
  }
}

/** The score of the best vector: 4.0 before 3.1, 3.0 and 2.0; else the bare number, where there is one from 0 to 10. */
export function bestScore(vectors: readonly string[], bare?: number): Score | undefined {
  const scores = vectors.map((vector) => scoreOfVector(vector)).filter((score) => score !== undefined);
  for (const { version } of versions) {
    const score = scores.find((one) => one.version === version);
    if (score !== undefined) return score;
  }
  return bare !== undefined && bare >= 0 && bare <= 10 ? { version: "", vector: "", base: bare } : undefined;
}
