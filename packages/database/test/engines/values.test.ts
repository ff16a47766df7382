import { expect, test } from "vitest";
import { fetchFirst, runQuery, statement } from "../../src/database/statement.ts";
import { json } from "../../src/schema/kit/parameters.ts";
import type { JsonValue } from "../../src/schema/kit/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

interface Values {
  name: string;
  now: Date;
  seats: number;
  active: boolean;
  domains: JsonValue | null;
}

const insert = statement((sql, values: Values) =>
  sql
    .insertInto("companies")
    .values({
      name: values.name,
      primary_domain: values.name,
      max_seats: values.seats,
      is_active: values.active,
      additional_domains: json(values.domains),
      created_at: values.now,
      updated_at: values.now,
    })
    .returning(["id", "name", "max_seats", "is_active", "additional_domains", "created_at", "deleted_at"]),
);

let counter = 0;
const base = (): Values => {
  counter += 1;
  return { name: `values-${counter}`, now: new Date(0), seats: 1, active: true, domains: null };
};

describeOnEachEngine("A value", (context) => {
  test.each([
    new Date("2026-11-23T17:54:00.123Z"),
    new Date("1969-12-31T23:59:59.999Z"),
    new Date("0001-01-01T00:00:00.000Z"),
    new Date("9999-12-31T23:59:59.999Z"),
    new Date(0),
  ])("of time comes back to the millisecond: %s", async (now) => {
    const row = await insert.first(context.db, { ...base(), now });
    expect(row?.createdAt).toEqual(now);
    expect(row?.deletedAt).toBeNull();
  });

  test.each([0, 1, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    "of a whole number comes back as a number: %d",
    async (seats) => {
      const row = await insert.first(context.db, { ...base(), seats });
      expect(row?.maxSeats).toBe(seats);
    },
  );

  test.each([true, false])("of truth comes back as a boolean: %s", async (active) => {
    expect((await insert.first(context.db, { ...base(), active }))?.isActive).toBe(active);
  });

  test.each<[string, JsonValue]>([
    ["an empty list", []],
    ["an empty object", {}],
    ["a text", "text"],
    ["a number", 0],
    ["false", false],
    ["nested", { list: [1, { deep: null }], text: "ü😀'\"\\" }],
  ])("of JSON comes back as it was: %s", async (_, domains) => {
    expect((await insert.first(context.db, { ...base(), domains }))?.additionalDomains).toEqual(domains);
  });

  test.each(["", " ", "ü😀 ", "'; DROP TABLE companies; --", "$1 ? :name", "a\nb\tc", "%_\\"])(
    "of text is data and nothing else: %j",
    async (text) => {
      const values = base();
      const row = await insert.first(context.db, { ...values, name: `${values.name}${text}` });
      expect(row?.name).toBe(`${values.name}${text}`);
    },
  );

  test("of a count comes back as a number", async () => {
    const query = context.db.sql.selectFrom("companies").select(({ fn }) => fn.countAll<number>().as("count"));
    const row = await fetchFirst(context.db, query);
    expect(row?.count).toBeTypeOf("number");
  });

  test("of a column that is no identifier comes back under its property name", async () => {
    const now = new Date(0);
    const query = context.db.sql
      .insertInto("users")
      .values({ email: "named@example.org", password_hash: "x", role: "user", created_at: now, updated_at: now })
      .returning(["2fa_enabled", "2fa_secret", "status"]);
    expect(await fetchFirst(context.db, query)).toEqual({
      twoFactorEnabled: false,
      twoFactorSecret: null,
      status: "active",
    });
  });

  test("of an object that is not marked as JSON is refused", async () => {
    const query = context.db.sql.updateTable("companies").set({ name: { toString: () => "x" } as never });
    await expect(runQuery(context.db, query)).rejects.toBeInstanceOf(TypeError);
  });

  test("of a row is a plain object", async () => {
    const row = await insert.first(context.db, base());
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });
});
