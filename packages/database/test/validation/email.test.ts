import { describe, expect, test } from "vitest";
import { ValidationError } from "../../src/errors/index.ts";
import { normalizeEmail, validateEmail } from "../../src/validation/index.ts";

const local64 = "a".repeat(64);

describe("validateEmail accepts", () => {
  test.each([
    "test@example.com",
    "user.name@domain.org",
    "user+tag@example.co.uk",
    "a@b.cc",
    "søren@nerve.co.jp",
    "o'brien@example.org",
    "почта@пример.рф",
    "user@xn--e1afmkfd.xn--p1ai",
    "用户@例え.テスト",
    "UPPER@EXAMPLE.ORG",
    "!#$%&'*+/=?^_`{|}~-@example.org",
    "1@2.example",
    `${local64}@example.org`,
    `${"ü".repeat(32)}@example.org`,
  ])("%j", (value) => expect(validateEmail(value)).toBe(true));

  test("an address of exactly 254 octets", () => {
    const domain = `${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(57)}.org`;
    const address = `${local64}@${domain}`;
    expect(address).toHaveLength(254);
    expect(validateEmail(address)).toBe(true);
    expect(validateEmail(address.replace(".org", "d.org"))).toBe(false);
  });
});

describe("validateEmail refuses", () => {
  test.each([
    "notanemail",
    "@nodomain.com",
    "no@tld",
    "",
    "@",
    "spaces in@email.com",
    "a@b.cc\n",
    "a@b.cc\r\nBcc: victim@example.org",
    " a@b.cc",
    "a..b@c.dd",
    ".a@b.cc",
    "a.@b.cc",
    "a@-b.cc",
    "a@b-.cc",
    "a@b..cc",
    "a@b.cc.",
    "a@b.c",
    "a@b_c.dd",
    "a@@b.cc",
    "a@b@c.dd",
    "a@1.2.3.4",
    "a@[192.0.2.1]",
    '"quoted"@example.org',
    "a(comment)@example.org",
    "Ada <ada@example.org>",
    "a,b@example.org",
    "a\0@example.org",
    "a\u202Eb@example.org",
    "a\u200Bb@example.org",
    "a\uD800@example.org",
    "\u0301a@example.org",
    "a@exa\u00ADmple.org",
    `${local64}a@example.org`,
    `${"ü".repeat(33)}@example.org`,
    `${"Ⱥ".repeat(32)}@example.org`,
    `${"a".repeat(300)}@example.org`,
    `a@${"d".repeat(64)}.org`,
  ])("%j", (value) => expect(validateEmail(value)).toBe(false));

  test.each([[undefined], [null], [0], [1], [true], [{}], [["a@b.cc"]], [Symbol("a@b.cc")], [new String("a@b.cc")]])(
    "what is not a string, without a throw: %s",
    (value) => expect(validateEmail(value)).toBe(false),
  );
});

describe("normalizeEmail", () => {
  test.each([
    ["Ada@Example.ORG", "ada@example.org"],
    ["SØREN@nerve.co.jp", "søren@nerve.co.jp"],
    ["so\u0308ren@example.org", "s\u00F6ren@example.org"],
    ["a@BÜCHER.example", "a@xn--bcher-kva.example"],
    ["a@xn--bcher-kva.example", "a@xn--bcher-kva.example"],
    ["ΑΣ@example.org", "ασ@example.org"],
  ])("turns %j into %j", (value, normal) => {
    expect(normalizeEmail(value)).toBe(normal);
    expect(normalizeEmail(normal)).toBe(normal);
  });

  test("lower-cases what older data holds and mail would refuse, and trims nothing", () => {
    expect(normalizeEmail("A..B@C.dd")).toBe("a..b@c.dd");
    expect(normalizeEmail(" A@b.cc ")).toBe(" a@b.cc ");
    expect(normalizeEmail("")).toBe("");
  });

  test("keeps letters that only look alike in upper case apart", () => {
    expect(normalizeEmail("straße@example.org")).not.toBe(normalizeEmail("strasse@example.org"));
    expect(normalizeEmail("mıke@example.org")).not.toBe(normalizeEmail("mike@example.org"));
  });

  test("refuses what is not a string, naming the field", () => {
    expect(() => normalizeEmail(5)).toThrow(ValidationError);
    expect(() => normalizeEmail(5)).toThrow("email: must be text");
  });

  test("attack: no letter beyond ASCII makes a valid address equal to one of ASCII alone", () => {
    const lowering = Array.from({ length: 0x10ffff - 0x7f }, (_, index) => String.fromCodePoint(index + 0x80)).filter(
      (letter) => /\p{ASCII}/u.test(letter.normalize("NFC").toLowerCase()),
    );
    expect(lowering).toContain("\u212A");
    expect(lowering.filter((letter) => validateEmail(`a${letter}b@example.org`))).toEqual([]);
  });
});
