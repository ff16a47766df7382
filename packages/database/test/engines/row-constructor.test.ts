import { expect, test } from "vitest";
import { rowConstructor } from "../../src/engines/shared/row-constructor.ts";

test("a row holds its columns as properties of its own, whatever their names", () => {
  const names = ["id", "constructor", "__proto__", 'a"b\\c', "2fa_enabled"];
  const construct = rowConstructor(
    names.map((name) => ({ name, decode: name === "id" ? (stored) => Number(stored) + 1 : undefined })),
    (name) => name,
  );
  const row = construct([1, "two", "three", "four", "five"]);
  expect(Object.entries(row)).toEqual([
    ["id", 2],
    ["constructor", "two"],
    ["__proto__", "three"],
    ['a"b\\c', "four"],
    ["2fa_enabled", "five"],
  ]);
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
});
