import type { Head } from "../head/head.ts";

/** A name, the domain that was asked for, and where the name was found. */
export function detectSubfinder({ keys }: Head): number {
  if (keys.has("url") || !keys.has("host") || !keys.has("input")) return 0;
  return keys.has("source") || keys.has("sources") ? 0.9 : 0;
}
