import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts text with AES-256-GCM under a fresh random nonce.
 *
 * @param key 32 bytes.
 * @param plain Well-formed text.
 * @param bound Text that decryption must be given again; it is authenticated, not stored.
 * @returns base64url of nonce, ciphertext and tag.
 * @see NIST SP 800-38D; with random nonces, one key is good for 2^32 values
 */
export function encryptText(key: Uint8Array, plain: string, bound: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(bound));
  return Buffer.concat([iv, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
}

/**
 * Decrypts what {@link encryptText} made.
 *
 * @returns The text; null if a single bit of it, the key or `bound` is another.
 */
export function decryptText(key: Uint8Array, encrypted: string, bound: string): string | null {
  const bytes = Buffer.from(encrypted, "base64url");
  // Node skips characters that are not base64url: only the one spelling of these bytes is accepted.
  if (bytes.length < ivBytes + tagBytes || bytes.toString("base64url") !== encrypted) return null;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(bound))
    .setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(ivBytes, -tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
