import { describe, expect, test } from "vitest";
import { accountEmail, email, parseInput } from "../../src/validation/input.ts";

describe("the address of an account", () => {
  test.each([
    "ada@example.org",
    "андрей@example.org",
    "ελένη@example.org",
    // Sugar, in letters that all look Latin, where Cyrillic is to be expected.
    "\u0441\u0430\u0445\u0430\u0440@xn--e1afmkfd.xn--p1ai",
    "山田たろうtaro@example.jp",
    "josé+1@example.org",
  ])("may be %s", (address) => {
    expect(parseInput(accountEmail(), address, { field: "email" })).toBe(address);
  });

  test.each([
    ["Cyrillic among Latin letters", "\u0430dmin@example.org"],
    ["Greek among Latin letters", "adm\u03b9n@example.org"],
    ["Cyrillic letters that all look Latin", "\u0440\u0430\u0443\u0440\u0430\u04cf@example.org"],
    ["Cyrillic letters that look like w and i", "\u0461\ua647\u0441@example.org"],
    ["Cyrillic letters that all look Latin, and a number", "\u0430\u0441\u0435.7@example.org"],
    ["wide letters", "\uff41dmin@example.org"],
    ["a ligature", "o\ufb03ce@example.org"],
  ])("attack: is not one that looks like another: %s", (_what, address) => {
    expect(() => parseInput(accountEmail(), address, { field: "email" })).toThrow();
    expect(parseInput(email(), address, { field: "email" })).toBe(address);
  });
});
