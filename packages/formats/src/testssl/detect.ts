import type { Head } from "../head/head.ts";

/** The columns of the CSV, the keys of a row of the flat JSON, or the frame of the pretty one. */
export function detectTestssl({ kind, keys, columns }: Head): number {
  if (columns.includes("fqdn/ip") && columns.includes("severity")) return 0.95;
  if (keys.has("scanResult") && (keys.has("Invocation") || keys.has("openssl") || keys.has("startTime"))) return 0.95;
  return kind === "list" && ["id", "ip", "port", "severity", "finding"].every((key) => keys.has(key)) ? 0.95 : 0;
}
