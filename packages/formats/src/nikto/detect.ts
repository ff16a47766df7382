import type { Head } from "../head/head.ts";

export function detectNikto({ root, keys }: Head): number {
  if (root === "niktoscan" || root === "niktoscans") return 0.95;
  if (!keys.has("vulnerabilities") || !keys.has("host")) return 0;
  return keys.has("banner") || keys.has("vulnerabilities.msg") ? 0.95 : 0;
}
