import type { Head } from "../head/head.ts";

/** Results of rules, or a page of vulnerable dependencies of the platform. */
export function detectSemgrep({ kind, keys }: Head): number {
  if (kind !== "object") return 0;
  if (keys.has("results.check_id")) return 0.95;
  if (keys.has("vulns.advisory")) return 0.95;
  if (keys.has("vulns") && keys.has("hasMore")) return 0.85;
  const hasPaths = keys.has("paths.scanned");
  if (hasPaths && (keys.has("results") || keys.has("errors"))) return 0.85;
  // A scan of nothing, by a version that told no paths; Bandit has metrics beside these two.
  return keys.has("results") && keys.has("errors") && keys.size <= 4 ? 0.6 : 0;
}
