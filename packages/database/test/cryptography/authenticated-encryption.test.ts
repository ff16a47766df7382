import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { decryptText, encryptText } from "../../src/cryptography/authenticated-encryption.ts";

const key = randomBytes(32);

test("text comes back with the key and what it was bound to, and with no other", () => {
  const encrypted = encryptText(key, "text", "bound");
  expect(decryptText(key, encrypted, "bound")).toBe("text");
  expect(decryptText(key, encrypted, "Bound")).toBeNull();
  expect(decryptText(randomBytes(32), encrypted, "bound")).toBeNull();
});

test("attack: a tag cut short, down to nothing at all, is refused", () => {
  const bytes = Buffer.from(encryptText(key, "", "bound"), "base64url");
  for (let length = 0; length < bytes.length; length++) {
    expect(decryptText(key, bytes.subarray(0, length).toString("base64url"), "bound")).toBeNull();
  }
});
