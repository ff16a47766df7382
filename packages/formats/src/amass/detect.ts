import type { Head } from "../head/head.ts";

/** Names with their domain and sources (version 3), or arrows between things with their types (version 4). */
export function detectAmass({ kind, keys, text }: Head): number {
  if (kind === "text" && /\((?:FQDN|IPAddress|Netblock|ASN)\)\s+-->/.test(text)) return 0.95;
  if (!keys.has("name") || !keys.has("domain")) return 0;
  return keys.has("addresses") || keys.has("sources") || keys.has("tag") ? 0.9 : 0;
}
