import { expect, test } from "vitest";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import type { Handle } from "../../src/database/handle.ts";
import { runQuery } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { json } from "../../src/schema/kit/parameters.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { checkTableIntegrity } from "../../src/operations/health/index.ts";
import { optimizeDatabase } from "../../src/operations/performance/index.ts";
import { batchInsert } from "../../src/records/index.ts";
import { getSecurityEvents, logSecurityEvent } from "../../src/security/index.ts";
import { rollBackBefore } from "../support/roll-back.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";
import { hostileStrings } from "../support/hostile.ts";
import {
  foundIds,
  holds,
  indexEntries,
  jsonFilters,
  searchedDocuments,
  writeDocuments,
  writeText,
} from "../support/json-search.ts";
import { plansOf } from "../support/plans.ts";
import { countRows } from "../support/rows.ts";

type Metadata = NonNullable<NonNullable<Parameters<typeof getSecurityEvents>[1]>["metadata"]>;

async function eventsWith({ db }: TestContext, metadata: Metadata): Promise<number[]> {
  return (await foundIds(db, metadata)).events;
}

async function clear({ db }: TestContext): Promise<void> {
  await runQuery(db, db.sql.deleteFrom("security_events"));
  await runQuery(db, db.sql.deleteFrom("audit_logs"));
}

describeOnEachEngine("Searching JSON", (context) => {
  test("finds what JavaScript finds equal, of hundreds of documents by hundreds of filters", async () => {
    const documents = searchedDocuments();
    await transaction(context.db, (tx) => writeDocuments(tx, documents));
    let found = 0;
    for (const filter of jsonFilters()) {
      const expected = documents.flatMap((document, index) => (holds(document, filter) ? [index + 1] : []));
      const { events, logs } = await foundIds(context.db, filter);
      expect(
        events.toSorted((a, b) => a - b),
        JSON.stringify(filter),
      ).toEqual(expected);
      expect(logs, JSON.stringify(filter)).toEqual(events);
      found += expected.length;
    }
    expect(found).toBeGreaterThan(1500);
  });

  test("forgets rows that are deleted, all of them", async () => {
    expect((await indexEntries(context.db)).length > 0).toBe(context.engine === "sqlite");
    await clear(context);
    expect(await indexEntries(context.db)).toEqual([]);
  });

  test("reads numbers, escapes and repeated keys of texts that others wrote as JSON.parse does", async () => {
    const texts = [
      `{"n": 1.0}`,
      `{"n": 1e0}`,
      `{"n": 100E-2}`,
      String.raw`{"\u006e": 1}`,
      `{"n": 2, "n": 1}`,
      `{"n": 1, "n": 2}`,
      `{"n": 1, "n": {}}`,
      `{"n": [], "n": 1}`,
      `{"n": 1, "n": 1}`,
      `{"n": -0}`,
      `{"n": -0.0e5}`,
      `{"n": "1"}`,
      String.raw`{"n": "\u0031"}`,
      `{"n": 100000000000000000000000}`,
      `{"n": 1e23, "m": [0.0]}`,
    ];
    for (const [index, text] of texts.entries()) await writeText(context.db, index + 1, text);
    for (const filter of [{ n: 1 }, { n: 2 }, { n: 0 }, { n: "1" }, { n: 1e23 }]) {
      const expected = texts.flatMap((text, index) => (holds(JSON.parse(text), filter) ? [index + 1] : []));
      expect(expected.length).toBeGreaterThan(0);
      expect((await eventsWith(context, filter)).toReversed(), JSON.stringify(filter)).toEqual(expected);
    }
    await clear(context);
    expect(await indexEntries(context.db)).toEqual([]);
  });

  test("follows a document, a time and an id that change", async () => {
    const { db } = context;
    await writeDocuments(db, [{ a: 1, b: 2 }, { a: 1 }]);
    const set = (id: number, values: object) =>
      runQuery(db, db.sql.updateTable("security_events").set(values).where("id", "=", id));
    await set(1, { metadata_json: json({ a: 2, c: null }) });
    expect(await eventsWith(context, { a: 1 })).toEqual([2]);
    expect(await eventsWith(context, { b: 2 })).toEqual([]);
    expect(await eventsWith(context, { a: 2, c: null })).toEqual([1]);
    await set(1, { created_at: new Date(context.clock.now().getTime() - 60_000), metadata_json: json({ a: 1 }) });
    await set(2, { id: 9, acknowledged: true });
    expect(await eventsWith(context, { a: 1 })).toEqual([9, 1]);
    await set(9, { metadata_json: null });
    expect(await eventsWith(context, { a: 1 })).toEqual([1]);
    await clear(context);
    expect(await indexEntries(db)).toEqual([]);
  });

  test("forgets what a transaction undid", async () => {
    const { db } = context;
    const undone = transaction(db, async (tx) => {
      await writeDocuments(tx, [{ undone: true }]);
      expect((await foundIds(tx, { undone: true })).events).toEqual([1]);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await eventsWith(context, { undone: true })).toEqual([]);
    expect(await indexEntries(db)).toEqual([]);
  });

  test("finds records of a batch, those of a refused neighbour not among them", async () => {
    const { db } = context;
    const event = { eventType: "batch", severity: "low", description: "One of many" };
    const records = Array.from({ length: 50 }, (_, index) => ({ ...event, metadataJson: { row: index % 2 } }));
    const refused = { ...event, metadataJson: { row: 1 }, userId: 4711 };
    expect(await batchInsert(db, "security_events", [...records, refused])).toMatchObject({ inserted: 50, failed: 1 });
    expect(await eventsWith(context, { row: 1 })).toHaveLength(25);
    await clear(context);
  });

  test("goes together with all other filters, and page by page in the order of the list", async () => {
    const { db } = context;
    await writeDocuments(
      db,
      Array.from({ length: 20 }, (_, index) => ({ even: index % 2 === 0, all: "yes" })),
    );
    const all = await eventsWith(context, { all: "yes" });
    const { items } = await getSecurityEvents(db, { hours: 1000 });
    expect(items.map(({ id }) => id)).toEqual(all);
    expect(items.at(-1)?.createdAt).toBeInstanceOf(Date);
    const even = await getSecurityEvents(db, { metadata: { even: true, all: "yes" }, hours: 1000 });
    expect(even.items).toEqual(items.filter(({ id }) => id % 2 === 1));
    const seen: number[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await getSecurityEvents(db, {
        metadata: { all: "yes" },
        hours: 1000,
        limit: 3,
        ...(cursor && { cursor }),
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      more = cursor !== undefined;
    }
    expect(seen).toEqual(all);
    const until = new Date(context.clock.now().getTime() - 2000);
    const narrow = {
      metadata: { even: true },
      severity: "info",
      eventType: "test",
      acknowledged: false,
      until,
    } as const;
    const older = items.filter((item) => item.createdAt < until && item.id % 2 === 1);
    expect((await getSecurityEvents(db, narrow)).items).toEqual(older);
    expect((await getSecurityEvents(db, { ...narrow, severity: "high" })).items).toEqual([]);
    expect((await getSecurityEvents(db, { ...narrow, userId: 1, companyId: 1 })).items).toEqual([]);
    expect((await getAuditLogs(db, { metadata: { even: true }, action: "test", until, companyId: 1 })).items).toEqual(
      [],
    );
    expect((await getSecurityEvents(db, { metadata: {}, hours: 1000 })).items).toEqual(items);
    await clear(context);
  });

  test.each(hostileStrings)("attack: %j as a key and as a value is data", async (text) => {
    const { db } = context;
    if (text === "__proto__") {
      const filter = { metadata: JSON.parse(`{"__proto__": 1}`) as Metadata };
      await expect(getSecurityEvents(db, filter)).rejects.toMatchObject({ field: "metadata.__proto__" });
      return;
    }
    const event = { eventType: "hostile", severity: "low", description: "Hostile" } as const;
    const users = await countRows(db, "users");
    const { id } = await logSecurityEvent(db, { ...event, metadata: { [text]: text } });
    await logSecurityEvent(db, { ...event, metadata: { other: text, [text]: `${text} ` } });
    expect(await eventsWith(context, { [text]: text })).toEqual([id]);
    expect(await eventsWith(context, { [text]: `${text}' OR 1=1 --` })).toEqual([]);
    expect(await countRows(db, "users")).toBe(users);
    await clear(context);
  });

  test.each([
    [[], "metadata"],
    ["{}", "metadata"],
    [null, "metadata"],
    [new Date(0), "metadata"],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, "metadata"],
    [{ "": 1 }, "metadata."],
    [{ ["x".repeat(101)]: 1 }, `metadata.${"x".repeat(64)}`],
    [{ a: "x".repeat(256) }, "metadata.a"],
    [{ a: Number.NaN }, "metadata.a"],
    [{ a: Number.POSITIVE_INFINITY }, "metadata.a"],
    [{ a: undefined }, "metadata.a"],
    [{ a: {} }, "metadata.a"],
    [{ a: [1] }, "metadata.a"],
    [{ a: "\0" }, "metadata.a"],
    [{ a: "\uD800" }, "metadata.a"],
    [{ "\uD800": 1 }, "metadata.\uFFFD"],
  ])("refuses %j, and never takes it for no filter", async (metadata, field) => {
    const filter = { metadata } as object;
    await expect(getSecurityEvents(context.db, filter)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    await expect(getAuditLogs(context.db, filter)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("knows the rows that were there before it", async () => {
    const { db } = context;
    await rollBackBefore(db, "0012");
    const documents = searchedDocuments().slice(0, 120);
    await writeDocuments(db, documents);
    await migrate(db);
    const filled = await indexEntries(db);
    for (const filter of jsonFilters().slice(0, 60)) {
      const expected = documents.flatMap((document, index) => (holds(document, filter) ? [index + 1] : []));
      expect((await eventsWith(context, filter)).toSorted((a, b) => a - b)).toEqual(expected);
    }
    await clear(context);
    await writeDocuments(db, documents);
    expect(await indexEntries(db)).toEqual(filled);
    await clear(context);
  });

  test("reads the index, and on SQLite in the order of the list", async () => {
    const { db, engine } = context;
    const documents = Array.from({ length: 3000 }, (_, keyId) => ({ keyId, a: "b" }));
    await transaction(db, (tx) => writeDocuments(tx, documents));
    await optimizeDatabase(db, { vacuum: false });
    const lists: [string, (handle: Handle) => Promise<unknown>][] = [
      ["security_events", (handle) => getSecurityEvents(handle, { metadata: { keyId: 7 }, hours: 1000 })],
      ["security_events", (handle) => getSecurityEvents(handle, { metadata: { keyId: 7, a: "b" }, severity: "info" })],
      ["audit_logs", (handle) => getAuditLogs(handle, { metadata: { keyId: 7 } })],
      ["audit_logs", (handle) => getAuditLogs(handle, { metadata: { keyId: 7, a: "b" }, action: "test" })],
    ];
    for (const [table, list] of lists) {
      const [plan = ""] = await plansOf(db, list, "");
      if (engine === "postgres") {
        expect(plan).toContain(`Bitmap Index Scan on ${table}_metadata_json_search`);
      } else {
        expect(plan).toMatch(/SEARCH s USING PRIMARY KEY \(key=\? AND value=\?/);
        expect(plan).toMatch(/SEARCH t USING INTEGER PRIMARY KEY/);
        expect(plan).toMatch(/SEARCH o USING PRIMARY KEY \(key=\? AND value=\? AND created_at=\? AND id=\?\)/);
        // Of all that is sorted, the members of the filter are the only thing.
        expect(plan.match(/ORDER BY/g)).toHaveLength(1);
        expect(plan).not.toMatch(/SCAN [tso]\b|LAST TERM/);
      }
    }
    await clear(context);
  });

  test("is missed by a health check where a part of its index is gone", async () => {
    const { db, engine } = context;
    expect((await checkTableIntegrity(db)).errors).toEqual([]);
    const run = (sql: string) => transaction(db, (tx) => tx.executor.script(sql));
    const error = (kind: string) => ({ table: "audit_logs", kind });
    const errors = async () => (await checkTableIntegrity(db)).errors.map(({ table, kind }) => ({ table, kind }));
    if (engine === "sqlite") {
      await run("DROP TRIGGER audit_logs_metadata_json_search_update");
      expect(await errors()).toEqual([error("index-differs")]);
      await run(`DROP TRIGGER audit_logs_metadata_json_search_insert; DROP TRIGGER audit_logs_metadata_json_search_delete;
                 DROP TABLE audit_logs_metadata_json_search`);
    } else {
      await run("DROP INDEX audit_logs_metadata_json_search");
    }
    expect(await errors()).toEqual([error("index-missing")]);
  });
});
