import { expect, test } from "vitest";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import { fetchAll } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { DatabaseError, ValidationError } from "../../src/errors/index.ts";
import { batchInsert } from "../../src/records/batch-insert.ts";
import type { TableName } from "../../src/schema/tables.ts";
import { createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const event = (more: object = {}) => ({
  eventType: "port_scan",
  severity: "low",
  description: "Ports were tried.",
  ...more,
});
const gist = (gistId: string, more: object = {}) => ({
  gistId,
  gistUrl: `https://gist.example.org/${gistId}`,
  ...more,
});

describeOnEachEngine("Inserting many records", (context) => {
  const gistIds = async () => {
    const rows = await fetchAll(
      context.db,
      context.db.sql.selectFrom("github_findings").select("gist_id").orderBy("id"),
    );
    return rows.map(({ gistId }) => gistId);
  };

  test("stores every value as it was given, with defaults and the clock's time for the rest", async () => {
    const { db, clock } = context;
    const createdAt = new Date("2020-02-29T23:59:59.999Z");
    const texts = ["plain", "tab\tnew\nline\r\\N \\. 'quoted' \"double\"", "", "😀 ünï", "\\"];
    const records = texts.map((description, index) =>
      event({ description, metadataJson: { index, text: description }, createdAt }),
    );
    const result = await batchInsert(db, "security_events", [
      ...records,
      event({ userAgent: null, metadataJson: null }),
    ]);
    expect(result).toEqual({ total: 6, inserted: 6, failed: 0, errors: [] });
    const rows = await fetchAll(db, db.sql.selectFrom("security_events").selectAll().orderBy("id"));
    expect(rows.slice(0, 5).map(({ description }) => description)).toEqual(texts);
    expect(rows[1]?.metadataJson).toEqual({ index: 1, text: texts[1] });
    expect(rows[0]).toMatchObject({ createdAt, acknowledged: false, userId: null });
    expect(rows[5]).toMatchObject({ createdAt: clock.now(), userAgent: null, metadataJson: null });
  });

  test("names a bad record by its index and field, and lets it spoil no other", async () => {
    const bad: [Record<string, unknown>, string, RegExp][] = [
      [event({ severity: "huge" }), "severity", /^must be one of/],
      [{ eventType: "port_scan", severity: "low" }, "description", /^is required$/],
      [event({ description: null }), "description", /^must be text$/],
      [event({ description: 7 }), "description", /^must be text$/],
      [event({ email: "é".repeat(256) }), "email", /at most 255 characters/],
      [event({ email: "a\0b" }), "email", /NUL/],
      [event({ location: "\uD800" }), "location", /Unicode/],
      [event({ createdAt: new Date(Number.NaN) }), "createdAt", /date/],
      [event({ createdAt: "2026-01-01" }), "createdAt", /date/],
      [event({ userId: 2 ** 53 }), "userId", /./],
      [event({ userId: 1.5 }), "userId", /whole number/],
      [event({ acknowledged: 1 }), "acknowledged", /true or false/],
      [event({ metadataJson: { at: new Date() } }), "metadataJson.at", /JSON/],
      [event({ ipAddress: "192.0.2.999" }), "ipAddress", /IP address/],
      [event({ colour: "red" }), "colour", /^is not a known field$/],
      [event({ event_type: "x" }), "event_type", /^is not a known field$/],
    ];
    const records = bad.flatMap(([record]) => [event(), record]);
    const { errors, ...counts } = await batchInsert(context.db, "security_events", records, { batchSize: 5 });
    expect(counts).toEqual({ total: 2 * bad.length, inserted: bad.length, failed: bad.length });
    expect(errors.map(({ index, field, code }) => [index, field, code])).toEqual(
      bad.map(([, field], position) => [2 * position + 1, field, "INVALID_INPUT"]),
    );
    errors.forEach(({ message }, position) => expect(message).toMatch(bad[position]?.[2] ?? /^$/));
  });

  test("finds the records that the database refuses, in any place, and keeps the others", async () => {
    const { db } = context;
    await batchInsert(db, "github_findings", [gist("known")]);
    const ids = ["a", "known", "b", "c", "a", "d", "e", "known"];
    const records = [...ids.map((id) => gist(id)), gist("f", { userId: 987_654 })];
    const { errors, ...counts } = await batchInsert(db, "github_findings", records);
    expect(counts).toEqual({ total: 9, inserted: 5, failed: 4 });
    const conflict = { code: "CONFLICT", field: "gistId", message: "A record with the same gist id exists." };
    expect(errors.slice(0, 3)).toEqual([1, 4, 7].map((index) => ({ index, ...conflict })));
    expect(errors[3]).toMatchObject({ index: 8, code: "REFERENCE_VIOLATION" });
    expect(await gistIds()).toEqual(["known", "a", "b", "c", "d", "e"]);
  });

  test("of a whole batch that is refused inserts nothing, and goes on with the next", async () => {
    const records = [gist("known"), gist("known"), gist("x1"), gist("x2")];
    const result = await batchInsert(context.db, "github_findings", records, { batchSize: 2 });
    expect(result).toMatchObject({ inserted: 2, failed: 2 });
    expect(await gistIds()).toEqual(expect.arrayContaining(["x1", "x2"]));
  });

  test("inserts more records than one statement takes, in order", async () => {
    const { db } = context;
    const records = Array.from({ length: 1234 }, (_, index) => ({ searchId: "many", queryInput: String(index) }));
    expect(await batchInsert(db, "opsych_search_results", records, { batchSize: 700 })).toMatchObject({
      inserted: 1234,
    });
    const query = db.sql.selectFrom("opsych_search_results").select("query_input").where("search_id", "=", "many");
    const rows = await fetchAll(db, query.orderBy("id"));
    expect(rows.map(({ queryInput }) => queryInput)).toEqual(records.map(({ queryInput }) => queryInput));
  });

  test("encrypts credentials that were found elsewhere, empty ones included", async () => {
    const { db } = context;
    await batchInsert(db, "github_findings", [
      gist("s1", { credentialValue: "hunter2" }),
      gist("s2", { credentialValue: "" }),
    ]);
    const query = db.sql
      .selectFrom("github_findings")
      .select(["id", "credential_value"])
      .where("gist_id", "like", "s%");
    const stored = await fetchAll(db, query.orderBy("id"));
    const secrets = await db.secrets();
    const open = ({ id: row, credentialValue: value }: (typeof stored)[number]) =>
      secrets.decrypt(value ?? "", { table: "github_findings", column: "credential_value", row });
    expect(stored.map(open)).toEqual(["hunter2", ""]);
    const [first, second] = stored.map(({ credentialValue }) => credentialValue ?? "");
    expect([first, second]).toEqual([expect.stringMatching(/^enc2\./), expect.stringMatching(/^enc2\./)]);
    // Each is bound to its own row.
    expect(() => open({ id: stored[0]?.id ?? 0, credentialValue: second ?? "" })).toThrow(/cannot be read/);
  });

  test("takes the key of a record where the caller chooses it, and asks for it", async () => {
    const result = await batchInsert(context.db, "profiles", [{ id: "ada", name: "Ada" }, { name: "Nobody" }]);
    expect(result).toMatchObject({ inserted: 1, errors: [{ index: 1, field: "id", message: "is required" }] });
  });

  test("ends with the transaction that it is called in", async () => {
    const { db } = context;
    const outcome = transaction(db, async (tx) => {
      const result = await batchInsert(tx, "github_findings", [gist("in-tx"), gist("known"), gist("in-tx-2")]);
      expect(result).toMatchObject({ inserted: 2, failed: 1 });
      throw new Error("after all");
    });
    await expect(outcome).rejects.toThrow("after all");
    expect(await gistIds()).not.toContain("in-tx");
  });

  test("writes one audit row a batch, with the actor, the table and the counts", async () => {
    const { db } = context;
    const { id: userId } = await createTestUser(db);
    const records = [gist("audited-1"), gist("audited-2"), gist("audited-1"), { gistId: 7 }, gist("audited-3")];
    const actor = { userId, ipAddress: "192.0.2.9" };
    await batchInsert(db, "github_findings", records, { batchSize: 2, actor });
    const { items } = await getAuditLogs(db, { action: "records_inserted", userId });
    expect(items.map(({ metadataJson }) => metadataJson)).toEqual([
      { table: "github_findings", inserted: 1, failed: 0 },
      { table: "github_findings", inserted: 2, failed: 0 },
    ]);
    expect(items[0]).toMatchObject({ resourceType: "github_findings", resourceId: null, ...actor });
    const mixed = [gist("audited-1"), gist("audited-4"), { gistId: 7 }];
    await batchInsert(db, "github_findings", mixed, { actor });
    const [latest] = (await getAuditLogs(db, { action: "records_inserted", userId })).items;
    expect(latest?.metadataJson).toEqual({ table: "github_findings", inserted: 1, failed: 2 });
  });

  test("inserts nothing where its audit row is refused", async () => {
    const { db } = context;
    const outcome = batchInsert(db, "github_findings", [gist("orphan")], { actor: { userId: 987_654 } });
    await expect(outcome).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    expect(await gistIds()).not.toContain("orphan");
  });

  test("does nothing for no records", async () => {
    const audited = (await getAuditLogs(context.db, { resourceType: "profiles" })).items.length;
    expect(await batchInsert(context.db, "profiles", [])).toEqual({ total: 0, inserted: 0, failed: 0, errors: [] });
    expect((await getAuditLogs(context.db, { resourceType: "profiles" })).items).toHaveLength(audited);
  });

  test.each([0, -1, 1.5, 100_001, Number.NaN])("refuses a batch size of %s", async (batchSize) => {
    const outcome = batchInsert(context.db, "profiles", [{ id: "x", name: "x" }], { batchSize });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "batchSize" });
  });

  test("lets the event loop turn while it works", async () => {
    const records = Array.from({ length: 3000 }, () => event());
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await batchInsert(context.db, "security_events", records);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });

  test("throws what is not the fault of a record", async () => {
    const other = await context.openAnother();
    await other.close();
    await expect(batchInsert(other, "profiles", [{ id: "y", name: "y" }])).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describeOnEachEngine("Attack: inserting many records", (context) => {
  test.each([
    "companies",
    "users",
    "sessions",
    "api_keys",
    "password_history",
    "login_attempts",
    "audit_logs",
    "schema_migrations",
  ])("refuses the table %s, whose rows decide who may do what or what is remembered", async (table) => {
    const outcome = batchInsert(context.db, table as TableName, [
      { email: "mallory@example.org", role: "super_admin" },
    ]);
    await expect(outcome).rejects.toBeInstanceOf(ValidationError);
    await expect(outcome).rejects.toMatchObject({ field: "table" });
  });

  test.each(["profiles; DROP TABLE users", 'profiles" --', "sqlite_schema", "pg_class", "__proto__", "toString", ""])(
    "refuses %j as a table",
    async (table) => {
      const outcome = batchInsert(context.db, table as TableName, [{ id: "x" }]);
      await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "table" });
    },
  );

  test("stores SQL in any text as text, and refuses it as a field", async () => {
    const { db } = context;
    const sql = `'); DROP TABLE users; --`;
    const records = [
      { id: sql, name: sql, notes: sql },
      { id: "z", name: "z", [`name") VALUES (1); --`]: "x" },
    ];
    const result = await batchInsert(db, "profiles", records);
    expect(result).toMatchObject({ inserted: 1, failed: 1, errors: [{ index: 1, message: "is not a known field" }] });
    const rows = await fetchAll(db, db.sql.selectFrom("profiles").select(["name", "notes"]).where("id", "=", sql));
    expect(rows).toEqual([{ name: sql, notes: sql }]);
  });

  test("refuses ids, deletion marks and prototype keys", async () => {
    const prototype = JSON.parse('{"eventType":"x","severity":"low","description":"x","__proto__":{"userId":1}}');
    const records = [event({ id: 7 }), event({ constructor: 1 }), prototype];
    const { errors } = await batchInsert(context.db, "security_events", records);
    expect(errors.map(({ index, field }) => [index, field])).toEqual([
      [0, "id"],
      [1, "constructor"],
      [2, "__proto__"],
    ]);
    const deleted = await batchInsert(context.db, "profiles", [{ id: "d", name: "d", deletedAt: new Date() }]);
    expect(deleted).toMatchObject({ inserted: 0, errors: [{ field: "deletedAt", message: "is set by soft delete" }] });
  });

  test("refuses what is no list of plain objects", async () => {
    const outcome = batchInsert(context.db, "profiles", "x" as never);
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "records" });
    const odd = [null, undefined, 7, "x", [], new Date(), Object.create({ id: "inherited", name: "x" })] as never[];
    const { errors, inserted } = await batchInsert(context.db, "profiles", odd);
    expect(inserted).toBe(0);
    expect(errors.map(({ index }) => index)).toEqual(odd.map((_, index) => index));
    expect(errors[0]).toEqual({ index: 0, message: "must be an object", code: "INVALID_INPUT" });
  });

  test("tells neither SQL nor values in its errors", async () => {
    const secret = "s3cret-value";
    const records = [gist(secret), gist(secret), gist("g", { userId: 987_654, credentialValue: secret })];
    const { errors } = await batchInsert(context.db, "github_findings", records);
    expect(errors).toHaveLength(2);
    expect(JSON.stringify(errors)).not.toMatch(/s3cret|INSERT|VALUES|github_findings|_key|_fkey/i);
    expect(errors.every((error) => !(error instanceof DatabaseError))).toBe(true);
  });
});
