import { z } from "zod";
import { boundedInteger, parseInput, text } from "../validation/input.ts";

const count = boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** The parts of XASM results that the summary is made of; whatever else they hold is stored with them. */
const xasmResults = z.object({
  status: text({ min: 1, max: 50 }).default("completed"),
  subdomains: z.array(z.unknown()).default([]),
  port_scan_results: z.array(z.object({ risk_level: z.unknown().optional() })).default([]),
  cve_statistics: z
    .object({ total_cves: count.default(0), critical_cves: count.default(0) })
    .default({ total_cves: 0, critical_cves: 0 }),
  risk_score: z.number().default(0),
  risk_level: text({ max: 50 }).default("low"),
});

/** The summary of an XASM scan, stored beside its results under the names that those use. */
export interface XasmSummary {
  total_subdomains: number;
  total_services: number;
  total_vulnerabilities: number;
  critical_vulns: number;
  high_vulns: number;
  risk_score: number;
  risk_level: string;
}

/**
 * Sums up the results of an XASM scan.
 * @throws {ValidationError} INVALID_INPUT with the path of each fault: `results.subdomains`
 */
export function summarizeXasmResults(results: unknown): { status: string; summary: XasmSummary } {
  const parsed = parseInput(xasmResults, results, { field: "results" });
  const summary = {
    total_subdomains: parsed.subdomains.length,
    total_services: parsed.port_scan_results.length,
    total_vulnerabilities: parsed.cve_statistics.total_cves,
    critical_vulns: parsed.cve_statistics.critical_cves,
    high_vulns: parsed.port_scan_results.filter(({ risk_level: level }) => level === "HIGH").length,
    risk_score: parsed.risk_score,
    risk_level: parsed.risk_level,
  };
  return { status: parsed.status, summary };
}
