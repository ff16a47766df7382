import { expect, test } from "vitest";
import { digestSecret } from "../../../src/surface/evidence/secret-digest.ts";

const key = new Uint8Array(32).fill(7);

test("a secret has one digest under one key", () => {
  expect(digestSecret(key, "correct horse")).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(digestSecret(key, "correct horse")).toBe(digestSecret(new Uint8Array(32).fill(7), "correct horse"));
});

test("the digest is the beginning of HMAC-SHA-256: case 2 of RFC 4231", () => {
  const whole = Buffer.from("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "hex");
  expect(digestSecret(Buffer.from("Jefe"), "what do ya want for nothing?")).toBe(
    whole.toString("base64url").slice(0, 24),
  );
});

test("another secret or another key gives another one", () => {
  const digests = ["correct horse", "correct horse ", "Correct horse", ""].map((secret) => digestSecret(key, secret));
  digests.push(digestSecret(new Uint8Array(32), "correct horse"));
  expect(new Set(digests).size).toBe(5);
});
