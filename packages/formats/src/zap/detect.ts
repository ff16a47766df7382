import type { Head } from "../head/head.ts";

/** The root of the XML, or the sites of the JSON with ZAP's marks at their keys. */
export function detectZap({ root, keys }: Head): number {
  if (root === "OWASPZAPReport") return 0.95;
  if (!keys.has("site")) return 0;
  return keys.has("@programName") || keys.has("site.@name") || keys.has("@generated") ? 0.95 : 0;
}
