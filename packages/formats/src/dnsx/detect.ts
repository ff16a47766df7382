import type { Head } from "../head/head.ts";

/** A name with who resolved it, or with a code of DNS. */
export function detectDnsx({ keys, text }: Head): number {
  if (!keys.has("host") || keys.has("url") || keys.has("template-id")) return 0;
  if (keys.has("resolver")) return 0.9;
  return /"status_code"\s*:\s*"(?:NOERROR|NXDOMAIN|SERVFAIL|REFUSED)"/.test(text) ? 0.85 : 0;
}
