import { hash, randomBytes } from "node:crypto";
import { ValidationError } from "../errors/index.ts";

const apiKeyStart = "nrv_";
const apiKeyShape = /^nrv_[A-Za-z0-9_-]{43}$/;
const tokenShape = /^[A-Za-z0-9_-]{22,1366}$/;

/**
 * Makes an unguessable token from the system's random source.
 *
 * @param bytes Random bytes in the token, 16 to 1024; 32 by default.
 * @returns base64url text, 43 characters for 32 bytes.
 * @throws INVALID_INPUT for any other number: fewer than 16 bytes (128 bits) can be guessed.
 *
 * @example
 * generateSecureToken().length; // 43
 */
export function generateSecureToken(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < 16 || bytes > 1024) {
    throw new ValidationError([{ field: "bytes", message: "must be a whole number from 16 to 1024" }]);
  }
  return randomBytes(bytes).toString("base64url");
}

/**
 * Tells whether a value could be a token of {@link generateSecureToken}, so that anything else is refused before it is
 * hashed or looked up.
 *
 * @param raw Anything.
 * @returns Whether it is text of that shape.
 */
export function isTokenShaped(raw: unknown): raw is string {
  return typeof raw === "string" && tokenShape.test(raw);
}

/**
 * Digests a token for storage and look-up. Only for random values of 112 bits and more: the digest is fast and unsalted.
 *
 * @param token The random value.
 * @returns SHA-256 as 64 lower-case hex digits.
 */
export function digestToken(token: string): string {
  return hash("sha256", token, "hex");
}

/**
 * Makes an API key: `nrv_` and 43 base64url characters (256 random bits).
 *
 * @returns The key. Store its digest only.
 */
export function generateApiKey(): string {
  return apiKeyStart + generateSecureToken();
}

/**
 * Tells whether a value has the shape of an API key; says nothing of whether the key exists.
 *
 * @param raw Anything.
 * @returns Whether it is text of that shape.
 */
export function isApiKey(raw: unknown): raw is string {
  return typeof raw === "string" && apiKeyShape.test(raw);
}

/**
 * The part of an API key that its owner may see again, to tell keys apart.
 *
 * @param key The key.
 * @returns The first 8 characters, as `api_keys.key_prefix` holds them.
 */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, 8);
}
