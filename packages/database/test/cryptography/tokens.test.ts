import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  apiKeyPrefix,
  digestToken,
  generateApiKey,
  generateSecureToken,
  isApiKey,
  isTokenShaped,
} from "../../src/cryptography/tokens.ts";
import { ValidationError } from "../../src/errors/index.ts";

describe("secure tokens", () => {
  test("carry the number of random bytes asked for, 32 by default, in base64url", () => {
    expect(generateSecureToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(generateSecureToken(48), "base64url")).toHaveLength(48);
    expect(generateSecureToken(16)).toHaveLength(22);
  });

  test("differ from each other", () => {
    expect(new Set(Array.from({ length: 1000 }, () => generateSecureToken(16))).size).toBe(1000);
  });

  test.each([15, 0, -1, 16.5, 1025, Number.NaN, Infinity])("of %s bytes are refused", (bytes) => {
    expect(() => generateSecureToken(bytes)).toThrow(ValidationError);
  });

  test("have a shape that is told from everything else", () => {
    for (const bytes of [16, 32, 48, 1024]) expect(isTokenShaped(generateSecureToken(bytes))).toBe(true);
    const impostors = ["", "short", "a".repeat(21), "a".repeat(1367), `${"a".repeat(42)}=`, `${"a".repeat(43)}\n`];
    for (const impostor of [...impostors, "' or 1=1 -- ".repeat(4), null, undefined, 7, ["a".repeat(43)]]) {
      expect(isTokenShaped(impostor)).toBe(false);
    }
  });

  test("are digested to lower-case hexadecimal SHA-256", () => {
    expect(digestToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const token = generateSecureToken();
    expect(digestToken(token)).toBe(createHash("sha256").update(token).digest("hex"));
  });
});

describe("API keys", () => {
  test("are nrv_ and 43 characters, and are recognised", () => {
    const key = generateApiKey();
    expect(key).toMatch(/^nrv_[A-Za-z0-9_-]{43}$/);
    expect(isApiKey(key)).toBe(true);
    expect(generateApiKey()).not.toBe(key);
  });

  test("have a prefix of the eight characters that the column holds", () => {
    expect(apiKeyPrefix("nrv_AbCdEfGh")).toBe("nrv_AbCd");
  });

  test("are not mistaken for anything near them", () => {
    const key = generateApiKey();
    for (const impostor of [
      key.slice(4),
      key.slice(0, -1),
      `${key}A`,
      `${key}\n`,
      key.toUpperCase(),
      [key],
      null,
      {},
    ]) {
      expect(isApiKey(impostor)).toBe(false);
    }
  });
});
