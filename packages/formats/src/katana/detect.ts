import type { Head } from "../head/head.ts";

/** A request that was made, by its endpoint; once the endpoint stood alone. */
export function detectKatana({ keys }: Head): number {
  if (keys.has("request.endpoint")) return 0.95;
  return keys.has("endpoint") && keys.has("timestamp") && !keys.has("template-id") ? 0.8 : 0;
}
