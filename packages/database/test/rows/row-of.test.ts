import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type Company, createCompany, listCompanies } from "../../src/identity/companies/index.ts";
import { getUser } from "../../src/identity/index.ts";
import { pageOf, rowOf } from "../../src/rows/index.ts";
import { companies, sessions, users } from "../../src/schema/core.ts";
import { isVisible } from "../../src/schema/kit/index.ts";
import { tables } from "../../src/schema/tables.ts";
import { createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

/** What answers leave out of the rows of a table. */
const leftOutOf: Readonly<Record<string, readonly never[]>> = {
  sessions: ["userId", "isActive", "revokedAt"] as readonly string[] as readonly never[],
  api_keys: ["userId"] as readonly string[] as readonly never[],
};

/** The properties that a row's schema has. */
function propertiesOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

describe("the schema of a table's rows", () => {
  test("has every visible column of every table, and no other", () => {
    for (const table of tables) {
      const leftOut: ReadonlySet<string> = new Set(leftOutOf[table.name]);
      const visible = table.columnList.filter(isVisible).map(({ property }) => property);
      const schema = rowOf(table, leftOutOf[table.name]);
      expect(propertiesOf(schema)).toEqual(visible.filter((name) => !leftOut.has(name)));
    }
  });

  test("is named and described as its table says, and made once", () => {
    expect(rowOf(companies).meta()).toEqual({
      id: "Company",
      description: "A tenant: a customer with its domains, seats and subscription.",
    });
    expect(rowOf(sessions, leftOutOf["sessions"]).meta()).toEqual({
      id: "Session",
      description: "A signed-in device.",
    });
    expect(rowOf(companies)).toBe(rowOf(companies));
  });

  test("does not stand for two forms of the same rows", () => {
    expect(() => rowOf(sessions)).toThrow("There is another form of the rows of sessions.");
  });

  test("tells lengths, and that any JSON may stand in a JSON column", () => {
    const document = z.toJSONSchema(rowOf(companies), { unrepresentable: "any" });
    const properties = {
      name: { type: "string", maxLength: 255 },
      additionalDomains: { anyOf: [{ description: "Any JSON value." }, { type: "null" }] },
    };
    expect(document.$defs).toMatchObject({ Company: { properties } });
  });

  test("has the type of what the functions return", () => {
    expectTypeOf<z.output<ReturnType<typeof rowOf<typeof companies>>>>().toEqualTypeOf<Company>();
  });
});

describeOnEachEngine("The schemas of rows", (context) => {
  test("accept the rows and pages that the functions return", async () => {
    const { db } = context;
    const company = await createCompany(db, { name: "Example", primaryDomain: `${uniqueWord()}.example` });
    expect(rowOf(companies).parse(company)).toEqual(company);
    const user = await getUser(db, (await createTestUser(db)).id);
    expect(rowOf(users).parse(user)).toEqual(user);
    const page = await listCompanies(db);
    expect(pageOf(rowOf(companies)).parse(page)).toEqual(page);
  });
});
