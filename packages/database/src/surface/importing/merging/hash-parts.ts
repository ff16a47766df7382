import { createHash } from "node:crypto";

/** The key of what several parts make together: 24 characters, or none where there is no part. */
export function hashParts(parts: readonly unknown[]): string {
  if (parts.length === 0) return "";
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 24);
}
