import { expect, test } from "vitest";
import { findFaults } from "../scripts/api-document/find-faults.ts";
import { pythonNames } from "../scripts/api-document/python-names.ts";
import { readExports } from "../scripts/api-document/read-functions.ts";

const { names, functions } = readExports();

test("every exported function says what it takes, returns and throws", () => {
  expect(functions.length).toBeGreaterThan(80);
  expect(functions.flatMap(findFaults)).toEqual([]);
});

test("what takes the place of a Python function exists, and no function is listed twice", () => {
  expect(pythonNames.flatMap(({ typescript }) => typescript).filter((name) => !names.has(name))).toEqual([]);
  expect(new Set(pythonNames.map(({ python }) => python)).size).toBe(pythonNames.length);
});

test("the check of doc comments bites", () => {
  const first = functions.find(({ name }) => name === "createUser");
  if (first === undefined) throw new Error("createUser is gone.");
  expect(findFaults({ ...first, description: "" })).toEqual([expect.stringContaining("has no description")]);
  expect(findFaults({ ...first, returns: undefined })).toEqual([expect.stringContaining("has no @returns")]);
  expect(findFaults({ ...first, throws: [] })).toEqual([expect.stringContaining("has no @throws")]);
  expect(findFaults({ ...first, parameters: [] })).toHaveLength(2);
  const misspelt = [{ name: "ConflictError", text: "SEATS_EXHASTED when there is none" }];
  expect(findFaults({ ...first, throws: misspelt })).toEqual([expect.stringContaining("names no error code")]);
});
