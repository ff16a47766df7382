import type { Head } from "../head/head.ts";

const others = ["url", "ports", "rec_type", "template-id", "kind", "request", "info"];

/** An address with a port, and nothing of the tools that say more. */
export function detectNaabu({ keys }: Head): number {
  if (!keys.has("port") || !(keys.has("ip") || keys.has("host")) || others.some((key) => keys.has(key))) return 0;
  return ["protocol", "tls", "timestamp", "port.Port", "cdn"].some((key) => keys.has(key)) ? 0.85 : 0.6;
}
