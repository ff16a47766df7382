import { z } from "zod";
import { boundedInteger, parseInput, text } from "../validation/input.ts";

const count = boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER });
const findings = z.array(z.unknown()).default([]);

/** The parts of Lightbox results that the summary is made of; whatever else they hold is stored with them. */
const lightboxResults = z.object({
  status: text({ min: 1, max: 50 }).default("completed"),
  total_tests: count.default(0),
  total_findings: count.optional(),
  critical: findings,
  high: findings,
  medium: findings,
  low: findings,
});

/** The summary of a Lightbox scan, stored beside its results under the names that those use. */
export interface LightboxSummary {
  total_tests: number;
  passed: number;
  failed: number;
  /** Percent, to one decimal; 0 without tests. */
  pass_rate: number;
  critical: number;
  high: number;
  medium: number;
  low: number;
}

/**
 * Sums up the results of a Lightbox scan. One test may yield several findings, so at most as many tests have failed as
 * there were.
 * @throws {ValidationError} INVALID_INPUT with the path of each fault: `results.critical`
 */
export function summarizeLightboxResults(results: unknown): { status: string; summary: LightboxSummary } {
  const parsed = parseInput(lightboxResults, results, { field: "results" });
  const { total_tests: tests } = parsed;
  const bySeverity = {
    critical: parsed.critical.length,
    high: parsed.high.length,
    medium: parsed.medium.length,
    low: parsed.low.length,
  };
  const listed = bySeverity.critical + bySeverity.high + bySeverity.medium + bySeverity.low;
  const failed = Math.min(parsed.total_findings ?? listed, tests);
  const passed = tests - failed;
  const rate = tests === 0 ? 0 : Math.round((passed / tests) * 1000) / 10;
  return { status: parsed.status, summary: { total_tests: tests, passed, failed, pass_rate: rate, ...bySeverity } };
}
