import type { Head } from "../head/head.ts";

export function detectBurp({ root, rootAttributes }: Head): number {
  return root === "issues" && rootAttributes.includes("burpVersion") ? 0.95 : 0;
}
