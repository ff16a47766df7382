import type { Head } from "../head/head.ts";

/** Lines that say what kind of record they are. */
export function detectNerve({ kind, keys, text }: Head): number {
  if (kind !== "object" || !keys.has("kind") || keys.has("runs")) return 0;
  const isOurs = /^\s*\{[^\n]*"kind"\s*:\s*"(?:finding|host|service|link)"/.test(text);
  return isOurs && (keys.has("rule") || keys.has("host") || keys.has("from")) ? 0.8 : 0;
}
