import type { Head } from "../head/head.ts";

const own = [
  "subdomains",
  "port_scan_results",
  "cloud_assets",
  "critical_findings",
  "crt_subdomains",
  "cve_statistics",
];

/** The lists of the older scan of an attack surface. */
export function detectXasm({ keys }: Head): number {
  const count = own.filter((key) => keys.has(key)).length;
  if (count >= 3) return 0.95;
  return count === 2 && keys.has("domain") ? 0.8 : 0;
}
