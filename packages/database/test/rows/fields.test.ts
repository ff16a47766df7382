import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { fields } from "../../src/rows/fields.ts";
import { companies, users } from "../../src/schema/core.ts";
import { securityEvents } from "../../src/schema/security.ts";
import { tables } from "../../src/schema/tables.ts";
import { parseInput } from "../../src/validation/input.ts";

describe("the fields of inputs to a table", () => {
  test("keep the rules of its columns, and yield the normal form", () => {
    const schema = z.strictObject(fields(companies).values("name", "primaryDomain", "billingEmail"));
    const company = { name: "Example", primaryDomain: "BÜCHER.example", billingEmail: "Bills@Example.org" };
    expect(parseInput(schema, company)).toEqual({
      name: "Example",
      primaryDomain: "xn--bcher-kva.example",
      billingEmail: "bills@example.org",
    });
    for (const [name, value] of [
      ["name", " "],
      ["name", "two\nlines"],
      ["name", null],
      ["primaryDomain", "no domain"],
      ["billingEmail", "nobody"],
    ] as const) {
      expect(() => parseInput(schema, { ...company, [name]: value })).toThrow(
        expect.objectContaining({ code: "INVALID_INPUT", field: name }),
      );
    }
    expect(parseInput(schema, { ...company, billingEmail: null })).toMatchObject({ billingEmail: null });
  });

  test("of a new row may be left out where the definition knows what stands there then", () => {
    const schema = z.strictObject(fields(users).pick("email", "role", "companyId", "timezone", "marketingEmails"));
    expect(parseInput(schema, { email: "ada@example.org", role: "user" })).toEqual({
      email: "ada@example.org",
      role: "user",
      companyId: null,
      timezone: "UTC",
      marketingEmails: false,
    });
    expect(() => parseInput(schema, { email: "ada@example.org" })).toThrow(expect.objectContaining({ field: "role" }));
  });

  test("of values may not be left out, and make no defaults where changes are partial", () => {
    const values = fields(companies).values("maxSeats", "billingEmail");
    expect(() => parseInput(z.strictObject(values), { maxSeats: 1 })).toThrow(
      expect.objectContaining({ field: "billingEmail" }),
    );
    expect(parseInput(z.strictObject(values).partial(), {})).toEqual({});
  });

  test("have the types of the definition", () => {
    const input = z.strictObject({
      ...fields(users).pick("email", "role", "companyId"),
      ...fields(companies).values("additionalDomains"),
    });
    expectTypeOf<z.output<typeof input>>().toEqualTypeOf<{
      email: string;
      role: "super_admin" | "admin" | "analyst" | "user" | "company_user" | "demo";
      companyId: number | null;
      additionalDomains: string[] | null;
    }>();
    expectTypeOf<z.input<typeof input>["companyId"]>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<Parameters<ReturnType<typeof fields<typeof users>>["pick"]>[number]>().not.toEqualTypeOf<
      "passwordHash" | "email"
    >();
  });

  test("refuse a name that is no property", () => {
    expect(() => fields(users).pick("password" as never)).toThrow("users has no password.");
  });

  test("refuse an id that is none in every reference to a numbered row", () => {
    const { userId } = fields(securityEvents).values("userId");
    expect(userId.safeParse(0).success).toBe(false);
    expect(userId.safeParse(1).success).toBe(true);
  });

  test("accept the default of every column that has one", () => {
    const faults = tables.flatMap((table) =>
      table.columnList
        .filter(({ default: value }) => value !== undefined)
        .filter(({ property, default: value }) => {
          const field: z.ZodType | undefined = (fields(table).values as (name: string) => Record<string, z.ZodType>)(
            property,
          )[property];
          return field?.safeParse(value).success !== true;
        })
        .map(({ name }) => `${table.name}.${name}`),
    );
    expect(faults).toEqual([]);
  });
});
