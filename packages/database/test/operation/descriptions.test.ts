import { describe, expect, test } from "vitest";
import { z } from "zod";
import { roleMatrix } from "../../src/access/role-matrix.ts";
import { hostileStrings } from "../support/hostile.ts";
import { allOperations, fieldsOf, namesRecord, textFields } from "./operations.ts";
import { makers } from "./makers.ts";

/** Fields that are hashed, and never stored or shown as they are. */
const secrets = new Set([
  "addUser.password",
  "setUserPassword.password",
  "endOtherSessions.exceptToken",
  "endAllSessions.exceptToken",
]);

const shownFields = textFields.filter(({ name, field }) => !secrets.has(`${name}.${field}`));

const tooLong = "a".repeat(100_000);

/** Whether a text is one that both engines hold and any log shows. */
function isHarmless(text: unknown): boolean {
  return typeof text === "string" && text.length <= 10_000 && text.isWellFormed() && !text.includes("\0");
}

test("the exports hold operations, and each has another name", () => {
  expect(allOperations.length).toBeGreaterThan(30);
  expect(new Set(allOperations.map(({ operation }) => operation)).size).toBe(allOperations.length);
});

test.each(allOperations)("$name has a summary, fields, and a permission of the role matrix", ({ operation }) => {
  const { summary, permission, output, fresh, kind } = operation.description;
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
  expect(Object.keys(roleMatrix)).toContain(permission);
  expect(output).toHaveProperty("safeParse");
  for (const field of Object.values(fieldsOf(operation))) expect(field).toHaveProperty("safeParse");
  expect(fresh && kind === "reading", "reading never gives rights").toBe(false);
});

test("every operation that changes something, names a record or needs an input has a maker, and no other has", () => {
  const needsInput = (fields: z.ZodRawShape) => !z.strictObject(fields).safeParse({}).success;
  const wanted = allOperations.filter(
    (one) => one.operation.description.kind === "changing" || namesRecord(one) || needsInput(fieldsOf(one.operation)),
  );
  expect(Object.keys(makers).toSorted()).toEqual(wanted.map(({ name }) => name).toSorted());
});

describe("attack: every field of text", () => {
  test.each(shownFields)(
    "$name: $field refuses NUL, lone surrogates and what is too long, or makes it harmless",
    ({ schema, carry }) => {
      const attacks = ["a\0b", "\0", "a\uD800b", "\uDC00", tooLong, "\u{1F469}".repeat(60_000)];
      const harmful = attacks.filter((attack) => {
        const { success, data } = schema.safeParse(carry(attack));
        return success && ![data].flat().every(isHarmless);
      });
      expect(harmful.map((attack) => attack.slice(0, 20))).toEqual([]);
    },
  );

  test.each(textFields)("$name: $field takes a hostile text as data, or refuses it", ({ schema, carry }) => {
    for (const attack of hostileStrings) {
      const { success, data } = schema.safeParse(carry(attack));
      if (success) expect([data].flat()).toHaveLength(1);
    }
    for (const other of [1, true, {}, Symbol("text"), () => "text", new Date()]) {
      expect(schema.safeParse(other).success).toBe(false);
    }
  });

  test("secrets that are excepted are fields, still", () => {
    const names = textFields.map(({ name, field }) => `${name}.${field}`);
    for (const secret of secrets) expect(names).toContain(secret);
  });
});
