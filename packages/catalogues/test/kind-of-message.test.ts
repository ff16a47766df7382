import { expect, test } from "vitest";
import { kindOfMessage } from "../src/index.ts";

test.each([
  ["expires < 60 days (43)", "tls-certificate-expiring"],
  ["EXPIRES < 30 days", "tls-certificate-expiring"],
  ["expired", undefined],
  ["", undefined],
])("a certificate of which testssl says %j", (message, kind) => {
  expect(kindOfMessage("testssl", "cert_expirationStatus", message)).toBe(kind);
});

test("other rules and other tools say one thing", () => {
  expect(kindOfMessage("testssl", "cert_trust", "expires < 30 days")).toBeUndefined();
  expect(kindOfMessage("sslyze", "cert_expirationStatus", "expires < 30 days")).toBeUndefined();
});
