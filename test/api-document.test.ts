import { expect, test } from "vitest";
import { findFaults } from "../scripts/api-document/find-faults.ts";
import { pythonNames } from "../scripts/api-document/python-names.ts";
import { readExports } from "../scripts/api-document/read-functions.ts";
import { pageOfRoom } from "../scripts/api-document/rooms.ts";
import { tasks } from "../scripts/api-document/tasks.ts";

const { names, functions } = readExports();

test("every exported function says what it takes, returns and throws", () => {
  expect(functions.length).toBeGreaterThan(130);
  expect(functions.filter(({ operation }) => operation !== undefined).length).toBeGreaterThan(30);
  expect(functions.flatMap(findFaults)).toEqual([]);
});

test("every function has a page, and stands in the index under one task", () => {
  expect(functions.filter(({ module }) => pageOfRoom(module) === undefined)).toEqual([]);
  expect(tasks.flatMap((task) => task.functions).toSorted()).toEqual(functions.map(({ name }) => name).toSorted());
});

test("an operation tells its fields, its permission and its answer", () => {
  const { signature, operation } = functions.find(({ name }) => name === "restoreUser") ?? {};
  expect(signature).toBe("restoreUser(db, { id }, caller?)");
  expect(operation).toMatchObject({ kind: "changing", permission: "user:write", fresh: true });
  const { operation: list } = functions.find(({ name }) => name === "listUsers") ?? {};
  expect(list?.fields).toContainEqual({
    name: "limit",
    type: "integer",
    isRequired: false,
    standard: "100",
    limits: "1 to 1000",
  });
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
  const operation = functions.find(({ name }) => name === "deleteUser");
  if (operation === undefined) throw new Error("deleteUser is gone.");
  expect(findFaults({ ...operation, throws: [], examples: [] })).toHaveLength(2);
  expect(findFaults({ ...operation, parameters: [{ name: "id", text: "the user" }] })).toHaveLength(1);
  const misspelt = [{ name: "ConflictError", text: "SEATS_EXHASTED when there is none" }];
  expect(findFaults({ ...first, throws: misspelt })).toEqual([expect.stringContaining("names no error code")]);
});
