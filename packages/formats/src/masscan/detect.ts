import type { Head } from "../head/head.ts";

/** JSON with ports that have a `proto`, its line-by-line form, or nmap's XML that says masscan. */
export function detectMasscan({ kind, keys, root, rootAttributes }: Head): number {
  if (kind === "xml") return root === "nmaprun" && /scanner\s*=\s*["']masscan/.test(rootAttributes) ? 0.95 : 0;
  if (keys.has("ip") && (keys.has("ports.proto") || (keys.has("rec_type") && keys.has("proto")))) return 0.9;
  return 0;
}
