import type { Head } from "../head/head.ts";

/** Matches of vulnerabilities and artifacts. */
export function detectGrype({ keys, text }: Head): number {
  if (!keys.has("matches")) return 0;
  if (keys.has("matches.vulnerability") && keys.has("matches.artifact")) return 0.95;
  const isSaid = keys.has("descriptor.name") && /"name"\s*:\s*"grype"/.test(text);
  if (isSaid) return 0.95;
  return keys.has("matches.vulnerability") || (keys.has("source") && keys.has("descriptor")) ? 0.8 : 0.4;
}
