import type { Head } from "../head/head.ts";

/** Results of servers, as written since version 3. */
export function detectSslyze({ keys }: Head): number {
  if (keys.has("server_scan_results")) return 0.95;
  return keys.has("sslyze_version") && !keys.has("accepted_targets") ? 0.7 : 0;
}
