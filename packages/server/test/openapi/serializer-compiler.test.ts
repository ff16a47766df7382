import { jsonDocument, pageOf, rowOf, tables } from "@nerve/database";
import { type TableDefinition, users } from "@nerve/database/schema";
import { serializerCompiler as zodSerializerCompiler } from "fastify-type-provider-zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { serializerCompiler } from "../../src/openapi/serializer-compiler.ts";

const route = { method: "GET", url: "/" };

function serialize(schema: z.ZodType, data: unknown): string {
  return serializerCompiler({ ...route, schema })(data);
}

/** What zod itself makes of the answer. */
function encoded(schema: z.ZodType, data: unknown): string {
  return zodSerializerCompiler({ ...route, schema })(data);
}

const moment = new Date("2026-06-01T12:00:00.000Z");
const texts = [
  "",
  "plain",
  'a "quote" and a \\',
  "line\nbreak",
  "\u0000\u001f\u2028",
  "\ud800",
  "größer 😀",
  "</script>",
];

/** A row with a value in every column, secrets included. */
function fullRow({ columnList }: TableDefinition, { nulls }: { nulls: boolean }): Record<string, unknown> {
  const values = { id: 7, integer: -1, float: 0.5, boolean: false, datetime: moment, json: { a: [1, null, "x"] } };
  return Object.fromEntries(
    columnList.map(({ property, kind, notNull, ...column }, index) => {
      if (nulls && notNull !== true) return [property, null];
      if (kind === "enum") return [property, "values" in column ? column.values?.[0] : ""];
      return [property, kind in values ? values[kind as keyof typeof values] : texts[index % texts.length]];
    }),
  );
}

/** The schema of a table's rows with every visible column; some answers leave out more, under the name of the row. */
function wholeRowOf(table: TableDefinition) {
  return rowOf({ ...table, rowName: `whole ${table.name}` });
}

describe("the compiled serializer", () => {
  test.each(tables)("writes rows of $name as zod does", (table) => {
    const schema = pageOf(wholeRowOf(table));
    const items = [fullRow(table, { nulls: false }), fullRow(table, { nulls: true })];
    for (const nextCursor of [null, "a cursor"]) {
      expect(serialize(schema, { items, nextCursor })).toBe(encoded(schema, { items, nextCursor }));
    }
  });

  test("attack: what the schema does not name never leaves, however deep it is", () => {
    const user = z.object({ id: z.int(), company: z.object({ name: z.string() }).nullable() });
    const secret = { passwordHash: "canary", toJSON: undefined };
    const answer = { id: 1, ...secret, company: { name: "A", ...secret } };
    expect(serialize(user, answer)).toBe('{"id":1,"company":{"name":"A"}}');
    expect(serialize(pageOf(user), { items: [answer], nextCursor: null, ...secret })).not.toContain("canary");
    const row = fullRow(users, { nulls: false });
    const written = JSON.parse(serialize(wholeRowOf(users), row));
    for (const hidden of ["passwordHash", "twoFactorSecret", "twoFactorBackupCodes", "passwordResetToken"]) {
      expect(row).toHaveProperty(hidden);
      expect(written).not.toHaveProperty(hidden);
    }
  });

  test("attack: nor does it from a schema that zod encodes", () => {
    const union = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]);
    const schema = z.object({ inner: union, counts: z.record(z.string(), z.int()) });
    const answer = { inner: { a: "x", passwordHash: "canary" }, counts: { one: 1 }, passwordHash: "canary" };
    expect(serialize(schema, answer)).toBe('{"inner":{"a":"x"},"counts":{"one":1}}');
  });

  test("leaves out what is optional and absent, and refuses an answer without what is required", () => {
    const schema = z.object({ id: z.int(), note: z.string().optional(), document: jsonDocument() });
    expect(serialize(schema, { id: 1, document: [1] })).toBe('{"id":1,"document":[1]}');
    expect(serialize(schema, { id: 1, note: undefined, document: null })).toBe('{"id":1,"document":null}');
    expect(() => serialize(schema, { note: "x", document: null })).toThrow("required");
  });
});
