import type { Head } from "../head/head.ts";

/** A template's id beside its information, in the old and the new spelling. */
export function detectNuclei({ keys }: Head): number {
  const hasTemplate = keys.has("template-id") || keys.has("templateID");
  if (!hasTemplate) return 0;
  return keys.has("info") || keys.has("matched-at") || keys.has("matched") ? 0.95 : 0.6;
}
