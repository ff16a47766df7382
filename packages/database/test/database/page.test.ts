import { beforeAll, expect, test } from "vitest";
import type { Handle } from "../../src/database/handle.ts";
import { fetchPage, pageOrder, type PageParameters } from "../../src/database/page.ts";
import { shapedStatement, statement } from "../../src/database/statement.ts";
import { ValidationError } from "../../src/errors/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const insert = statement((sql, p: { name: string; domain: string; createdAt: Date }) =>
  sql.insertInto("companies").values({
    name: p.name,
    primary_domain: p.domain,
    created_at: p.createdAt,
    updated_at: p.createdAt,
  }),
);
const newestFirst = pageOrder("companies", ["created_at", "id"], "desc");
const list = shapedStatement((sql, p: { name?: string | undefined } & PageParameters) => {
  const all = sql.selectFrom("companies").select(["id", "name", "created_at"]);
  return newestFirst.apply(p.name === undefined ? all : all.where("name", "=", p.name), p);
});
const oldestFirst = pageOrder("companies", ["id"], "asc");
const listById = shapedStatement((sql, p: PageParameters) =>
  oldestFirst.apply(sql.selectFrom("companies").select("id"), p),
);
const listNewest = (db: Handle, page: { limit: number; cursor?: string; name?: string }) =>
  fetchPage(db, { list, order: newestFirst, filters: { name: page.name }, ...page });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describeOnEachEngine("A paged list", (context) => {
  beforeAll(async () => {
    // Three rows for each moment, so that the id has to break ties.
    for (let index = 0; index < 12; index += 1) {
      const createdAt = new Date(Date.UTC(2026, 0, 1) + Math.floor(index / 3));
      await insert.run(context.db, {
        name: index % 2 === 0 ? "even" : "odd",
        domain: `d${index}.example.org`,
        createdAt,
      });
    }
  });

  test.each([1, 2, 3, 5, 11, 12, 13])("of %d rows a page shows each row once and in order", async (limit) => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await listNewest(context.db, cursor === null ? { limit } : { limit, cursor });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("keeps its filters from page to page", async () => {
    const first = await listNewest(context.db, { limit: 4, name: "odd" });
    const second = await listNewest(context.db, { limit: 4, name: "odd", cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(Array.from({ length: 6 }, () => "odd"));
    expect(second.nextCursor).toBeNull();
  });

  test("has no next page when the last row fills it exactly, and may be empty", async () => {
    expect((await listNewest(context.db, { limit: 12 })).nextCursor).toBeNull();
    expect(await listNewest(context.db, { limit: 5, name: "none" })).toEqual({ items: [], nextCursor: null });
  });

  test("can be ordered upwards by one column", async () => {
    const first = await fetchPage(context.db, { list: listById, order: oldestFirst, filters: {}, limit: 2 });
    expect(first.items).toEqual([{ id: 1 }, { id: 2 }]);
    const cursor = first.nextCursor ?? "";
    const second = await fetchPage(context.db, { list: listById, order: oldestFirst, filters: {}, limit: 2, cursor });
    expect(second.items).toEqual([{ id: 3 }, { id: 4 }]);
  });

  test("does not repeat or lose rows when newer ones arrive between two pages", async () => {
    const first = await listNewest(context.db, { limit: 3 });
    await insert.run(context.db, { name: "late", domain: "late.example.org", createdAt: new Date(Date.UTC(2027, 0)) });
    const second = await listNewest(context.db, { limit: 3, cursor: first.nextCursor ?? "" });
    expect(second.items.map(({ id }) => id)).toEqual([9, 8, 7]);
  });

  test.each([
    ["that is empty", ""],
    ["that is not base64url", "'; DROP TABLE companies; --"],
    ["that is no JSON", Buffer.from("[1,").toString("base64url")],
    ["with too few keys", encode([1])],
    ["with too many keys", encode([1, 2, 3])],
    ["with SQL for a key", encode([1, "1) OR (1=1"])],
    ["with null for a key", encode([null, 1])],
    ["with a fraction for an id", encode([1, 1.5])],
    ["with a number too large to be exact", encode([1, 2 ** 60])],
    ["with a moment that no calendar has", encode([9e15, 1])],
    ["that is an object", encode({ 0: 1, 1: 2, length: 2 })],
  ])("attack: a cursor %s is refused by name", async (_, cursor) => {
    const outcome = listNewest(context.db, { limit: 1, cursor });
    await expect(outcome).rejects.toBeInstanceOf(ValidationError);
    await expect(outcome).rejects.toMatchObject({ field: "cursor" });
  });
});

test("An order of no known column is refused when it is defined", () => {
  expect(() => pageOrder("companies", ["missing" as "id"], "asc")).toThrow(TypeError);
});
