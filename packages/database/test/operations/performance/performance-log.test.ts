import { expect, test } from "vitest";
import { transaction } from "../../../src/database/transaction.ts";
import { validateSession } from "../../../src/identity/sessions/index.ts";
import {
  clearPerformanceLog,
  getPerformanceStats,
  getSlowQueries,
  logQueryPerformance,
} from "../../../src/operations/performance/index.ts";
import { createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { hostileStrings } from "../../support/hostile.ts";

describeOnEachEngine("The performance log", (context) => {
  test("is fed by every query of the handle, those of transactions included", async () => {
    clearPerformanceLog(context.db);
    expect(getPerformanceStats(context.db)).toEqual({
      totalQueries: 0,
      averageMs: 0,
      p50Ms: 0,
      p95Ms: 0,
      maxMs: 0,
      slowQueries: 0,
      failedQueries: 0,
      recentQueries: [],
    });
    await validateSession(context.db, "x".repeat(43));
    expect(getPerformanceStats(context.db)).toMatchObject({ totalQueries: 1, recentQueries: [{ rows: 0 }] });
    await transaction(context.db, (tx) => createTestUser(tx));
    const { totalQueries, recentQueries, p50Ms, p95Ms, maxMs } = getPerformanceStats(context.db);
    expect(totalQueries).toBe(4);
    expect(recentQueries.map(({ query }) => query.split(" ")[0])).toEqual(["COMMIT", "insert", "BEGIN", "select"]);
    expect(recentQueries[1]).toMatchObject({ rows: 1 });
    expect(maxMs).toBeGreaterThan(0);
    expect(p50Ms).toBeLessThanOrEqual(p95Ms);
    expect(p95Ms).toBeLessThanOrEqual(maxMs);
  });

  test("counts what failed", async () => {
    clearPerformanceLog(context.db);
    const { email } = await createTestUser(context.db);
    await expect(createTestUser(context.db, { email })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(getPerformanceStats(context.db)).toMatchObject({ totalQueries: 2, failedQueries: 1 });
  });

  test("keeps no value that was bound", async () => {
    const secret = uniqueWord();
    await createTestUser(context.db, { full_name: secret, email: `${secret}@example.org` });
    const slow = await getSlowQueries(context.db, { thresholdMs: 0, limit: 1000 });
    expect(slow.length).toBeGreaterThan(0);
    expect(JSON.stringify([slow, getPerformanceStats(context.db)])).not.toContain(secret);
  });

  test("names slow statements with how long they took and their plan", async () => {
    clearPerformanceLog(context.db);
    await validateSession(context.db, "x".repeat(43));
    await validateSession(context.db, "y".repeat(43));
    const [slow, ...more] = await getSlowQueries(context.db, { thresholdMs: 0 });
    expect(more).toEqual([]);
    expect(slow).toMatchObject({ count: 2, failed: 0, rows: 0, query: expect.stringContaining("sessions") });
    expect(slow?.plan).toMatch(context.engine === "sqlite" ? /SEARCH sessions USING INDEX/ : /Nested Loop|Scan/);
    expect(slow?.maxMs).toBeGreaterThanOrEqual(slow?.p95Ms ?? Infinity);
    expect(await getSlowQueries(context.db)).toEqual([]);
  });

  test("has a plan of a statement that writes, without running it", async () => {
    clearPerformanceLog(context.db);
    await createTestUser(context.db);
    const count = () =>
      context.db.executor.all({ sql: "SELECT count(*) AS n FROM users", readOnly: true, recurring: true }, []);
    const before = await count();
    const slow = await getSlowQueries(context.db, { thresholdMs: 0 });
    const insert = slow.find(({ query }) => query.startsWith("insert"));
    expect(insert).toMatchObject({ count: 1, rows: 1 });
    expect(await count()).toEqual(before);
  });

  test("takes a caller's own measurements, of which six with one slow are six with one slow", async () => {
    clearPerformanceLog(context.db);
    for (const durationMs of [10, 20, 30, 40, 50]) logQueryPerformance(context.db, { query: "report", durationMs });
    logQueryPerformance(context.db, { query: "nightly report", durationMs: 1500, rows: 7 });
    expect(getPerformanceStats(context.db)).toMatchObject({
      totalQueries: 6,
      averageMs: 275,
      maxMs: 1500,
      slowQueries: 1,
    });
    expect(await getSlowQueries(context.db)).toEqual([
      expect.objectContaining({ query: "nightly report", count: 1, rows: 7, maxMs: 1500, plan: null }),
    ]);
    logQueryPerformance(context.db, { query: "exactly a second", durationMs: 1000 });
    expect(await getSlowQueries(context.db)).toHaveLength(1);
  });

  test("attack: never runs a text that a caller logged, not even for its plan", async () => {
    clearPerformanceLog(context.db);
    const { id } = await createTestUser(context.db);
    for (const query of [...hostileStrings, "ANALYZE DELETE FROM users", "SELECT 1; DELETE FROM users"]) {
      logQueryPerformance(context.db, { query, durationMs: 5000 });
    }
    const slow = await getSlowQueries(context.db, { thresholdMs: 4000 });
    expect(slow).toHaveLength(hostileStrings.length + 2);
    expect(slow.every(({ plan }) => plan === null)).toBe(true);
    const query = { sql: `SELECT id FROM users WHERE id = ${id}`, readOnly: true, recurring: false };
    expect(await context.db.executor.all(query, [])).toEqual([{ id }]);
  });

  test("refuses what is no measurement", () => {
    expect(() => logQueryPerformance(context.db, { query: "", durationMs: 1 })).toThrow("query");
    expect(() => logQueryPerformance(context.db, { query: "x", durationMs: -1 })).toThrow("durationMs");
    expect(() => logQueryPerformance(context.db, { query: "x", durationMs: Number.NaN })).toThrow("durationMs");
    expect(() => logQueryPerformance(context.db, { query: "x", durationMs: 1, rows: 0.5 })).toThrow("rows");
  });

  test("stays empty when the handle is opened without one", async () => {
    const other = await context.openAnother({ performanceLog: false });
    await validateSession(other, "x".repeat(43));
    await transaction(other, (tx) => createTestUser(tx));
    expect(getPerformanceStats(other).recentQueries.filter(({ query }) => !query.startsWith("BEGIN"))).toEqual([]);
    expect(getPerformanceStats(other)).toMatchObject({ totalQueries: 0 });
  });
});
