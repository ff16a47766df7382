import type { Head } from "../head/head.ts";

/** Masscan writes the same XML, and says so. */
export function detectNmap({ root, rootAttributes }: Head): number {
  return root === "nmaprun" && !/scanner\s*=\s*["']masscan/.test(rootAttributes) ? 0.95 : 0;
}
