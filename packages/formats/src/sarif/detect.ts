import type { Head } from "../head/head.ts";

/** Runs of a tool, and a version or schema that says SARIF. */
export function detectSarif({ keys, text }: Head): number {
  if (!keys.has("runs")) return 0;
  const isSaid = /"version"\s*:\s*"2\.1/.test(text) || /"\$schema"\s*:\s*"[^"]*sarif/i.test(text);
  const hasRuns = keys.has("runs.tool") || keys.has("runs.results") || keys.has("runs.invocations");
  if (isSaid) return hasRuns ? 0.95 : 0.85;
  return hasRuns ? 0.7 : 0;
}
