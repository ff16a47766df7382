import { createHmac } from "node:crypto";

/** 144 bits: no two secrets of a database ever share one. */
const digestLength = 24;

/**
 * Digests a secret that a scanner found, so that findings of two secrets are told apart without keeping either. It is keyed:
 * most secrets of source code are passwords that a plain hash would let anybody guess.
 *
 * @param key 32 bytes, those of this database
 * @param secret as it was reported
 * @returns HMAC-SHA-256 as the first 24 characters of base64url
 */
export function digestSecret(key: Uint8Array, secret: string): string {
  return createHmac("sha256", key).update(secret).digest("base64url").slice(0, digestLength);
}
