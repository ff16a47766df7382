import type { Head } from "../head/head.ts";

const further = ["status_code", "status-code", "failed", "webserver", "scheme", "content_length", "content-length"];

/** An address and what it was made from, with an answer. */
export function detectHttpx({ keys }: Head): number {
  if (keys.has("template-id") || !keys.has("input")) return 0;
  const count = further.filter((key) => keys.has(key)).length;
  if (keys.has("url") && count > 0) return count > 1 ? 0.95 : 0.8;
  return keys.has("failed") && count > 1 ? 0.7 : 0;
}
