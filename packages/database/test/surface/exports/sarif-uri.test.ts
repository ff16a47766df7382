import { expect, test } from "vitest";
import { uriOfAddress, uriOfPath, uriReference } from "../../../src/surface/exports/sarif-uri.ts";

test.each([
  ["https://[2001:db8::1]:8443/a?b={c}&d[]=%zz#e f", "https://[2001:db8::1]:8443/a?b=%7Bc%7D&d%5B%5D=%25zz#e%20f"],
  ["https://example.org", "https://example.org/"],
  ["mailto:a@example.org", "mailto:a@example.org"],
  ["/login?next=x y", undefined],
  ["http://[broken/", undefined],
])("the address %s", (address, expected) => {
  expect(uriOfAddress(address)).toBe(expected);
});

test("what is no address or has marks of its own becomes a reference", () => {
  expect(uriReference("http://[broken/\u{D800}|")).toBe("http%3A//%5Bbroken/%EF%BF%BD%7C");
  expect(uriOfPath("C:\\a b\\[c].ts")).toBe("C%3A/a%20b/%5Bc%5D.ts");
});
