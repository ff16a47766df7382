import type { Head } from "../head/head.ts";

const lists = ["critical", "high", "medium", "low", "info"];

/** Lists by severity, or a flat list, of a scan that counts its tests. */
export function detectLightbox({ keys }: Head): number {
  const count = lists.filter((list) => keys.has(list)).length;
  const isCounted = keys.has("total_tests") || keys.has("total_findings");
  if (count >= 3) return isCounted ? 0.95 : 0.7;
  return isCounted && (count > 0 || keys.has("findings")) ? 0.8 : 0;
}
