import { describe, expect, test } from "vitest";
import { toAsciiDomain } from "../../src/validation/domain.ts";
import { validateDomain } from "../../src/validation/index.ts";

describe("validateDomain accepts", () => {
  test.each([
    "example.com",
    "sub.example.com",
    "test-domain.org",
    "a.io",
    "EXAMPLE.com",
    "corp.internal",
    "r3---sn-a.example.com",
    "1.example.com",
    "xn--e1afmkfd.xn--p1ai",
    "XN--E1AFMKFD.XN--P1AI",
    "example.xn--p1ai",
    "пример.рф",
    "ПРИМЕР.РФ",
    "почта.xn--p1ai",
    "bücher.example",
    "bu\u0308cher.example",
    "faß.de",
    "نامه\u200Cای.com",
    "ΟΔΟΣ.gr",
    `${"a".repeat(63)}.com`,
  ])("%j", (value) => expect(validateDomain(value)).toBe(true));
});

describe("validateDomain refuses", () => {
  test.each([
    "notadomain",
    ".com",
    "http://example.com",
    "",
    ".",
    "example.com\n",
    "\nexample.com",
    "exa\tmple.com",
    " example.com",
    "example.com.",
    "example..com",
    "-a.com",
    "a-.com",
    "a_b.com",
    "_dmarc.example.com",
    "*.example.com",
    "example.c",
    "example.1",
    "example.0x10",
    "example.c0m",
    "1.2.3.4",
    "[::1]",
    "a.\u0663",
    "a.xn--cib",
    "example.com/path",
    "example.com:80",
    "user@example.com",
    "ex%61mple.com",
    "a#b.com",
    "a\\b.com",
    "exa\u00ADmple.com",
    "ex\u200Bample.com",
    "a\u200Db.com",
    "ｅｘａｍｐｌｅ.com",
    "例え。テスト",
    "１２.com",
    "\u212A.com",
    "\u202Eabc.com",
    "a\0.com",
    "\uD800.com",
    "xn--a.com",
    "xn--.com",
    "xn--ABC.com",
    "xn--mnchen-3yb.de-",
    "אa.com",
    "bü\u00ADcher.example",
    "ｂücher.example",
    "bücher\t.example",
    "bü/cher.example",
    "b%C3%BCcher.example",
    `${"a".repeat(64)}.com`,
    `${"ü".repeat(60)}.com`,
  ])("%j", (value) => expect(validateDomain(value)).toBe(false));

  test.each([[undefined], [null], [0], [{}], [["a.io"]], [Symbol("a.io")]])(
    "what is not a string, without a throw: %s",
    (value) => expect(validateDomain(value)).toBe(false),
  );
});

test("a domain has at most 253 octets, counted in its ASCII form", () => {
  const label = "a".repeat(59);
  const longest = `${label}.${label}.${label}.${label}.${"b".repeat(9)}.com`;
  expect(longest).toHaveLength(253);
  expect(validateDomain(longest)).toBe(true);
  expect(validateDomain(`b${longest}`)).toBe(false);
  const unicode = Array.from({ length: 5 }, () => "ü".repeat(45)).join(".");
  expect(unicode.length).toBeLessThan(253);
  expect(validateDomain(`${unicode}.com`)).toBe(false);
});

test.each([
  ["Bücher.EXAMPLE", "xn--bcher-kva.example"],
  ["bu\u0308cher.example", "xn--bcher-kva.example"],
  ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
  ["Example.ORG", "example.org"],
])("the form that is stored of %j is %j, and is its own", (value, ascii) => {
  expect(toAsciiDomain(value)).toBe(ascii);
  expect(toAsciiDomain(ascii)).toBe(ascii);
});
