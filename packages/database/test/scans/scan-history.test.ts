import { expect, test } from "vitest";
import { NotFoundError } from "../../src/errors/index.ts";
import { statement } from "../../src/database/statement.ts";
import { type JsonParameter, json } from "../../src/schema/kit/parameters.ts";
import {
  cleanupOldScanHistory,
  deleteLightboxScan,
  deleteXasmScan,
  getLightboxScanById,
  getLightboxScanHistory,
  getXasmScanById,
  getXasmScanHistory,
  saveLightboxScan,
  saveXasmScan,
} from "../../src/scans/index.ts";
import { on } from "../support/people/callers.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";
import { combinationsOf, fullScanOf, plansOf } from "../support/plans.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";

const setSummary = statement((sql, { scanId, summary }: { scanId: string; summary: JsonParameter | null }) =>
  sql.updateTable("xasm_scan_history").set({ summary_stats: summary }).where("scan_id", "=", scanId),
);
const storedScans = statement((sql) =>
  sql.selectFrom("xasm_scan_history").select(["scan_id", "deleted_at", "is_active"]),
);
const auditOf = statement((sql, { id }: { id: number }) =>
  sql
    .selectFrom("audit_logs")
    .select(["action", "user_id", "resource_type", "metadata_json"])
    .where("resource_id", "=", id)
    .orderBy("id"),
);

const target = "example.org";
const bothKinds = [
  {
    kind: "XASM",
    save: saveXasmScan,
    history: getXasmScanHistory,
    byId: getXasmScanById,
    remove: deleteXasmScan,
    table: "xasm_scan_history",
  },
  {
    kind: "Lightbox",
    save: saveLightboxScan,
    history: getLightboxScanHistory,
    byId: getLightboxScanById,
    remove: deleteLightboxScan,
    table: "lightbox_scan_history",
  },
] as const;

async function twoTenants(context: TestContext) {
  const companyId = (await createTestCompany(context.db)).id;
  const insider = (await createTestUser(context.db, { company_id: companyId })).id;
  const outsider = (await createTestUser(context.db)).id;
  return { companyId, insider, outsider };
}

for (const { kind, save, history, byId, remove, table } of bothKinds) {
  describeOnEachEngine(`The history of ${kind} scans`, (context) => {
    test("covers 30 days, newest first, with summaries and without results", async () => {
      const userId = (await createTestUser(context.db)).id;
      await save(context.db, { scanId: "old", target, results: {}, userId });
      context.clock.advance({ days: 30, milliseconds: 1 });
      await save(context.db, { scanId: "first", target, results: {}, userId });
      const last = await save(context.db, { scanId: "last", target, results: { status: "partial" }, userId });
      const { items } = await history(context.db, { userId });
      expect(items.map(({ scanId }) => scanId)).toEqual(["last", "first"]);
      expect(items[0]).toMatchObject({
        id: last.id,
        scanId: "last",
        target,
        timestamp: context.clock.now(),
        status: "partial",
        summary: last.summary,
        userId,
        createdAt: context.clock.now(),
      });
      expect(items[0]).not.toHaveProperty("results");
      expect(items[0]).not.toHaveProperty("resultsJson");
      expect((await history(context.db, { userId, days: 31 })).items).toHaveLength(3);
    });

    test("goes on page by page", async () => {
      const userId = (await createTestUser(context.db)).id;
      for (let index = 0; index < 5; index += 1) {
        await save(context.db, { scanId: `page-${index}`, target, results: {}, userId });
      }
      const first = await history(context.db, { userId, limit: 3 });
      const second = await history(context.db, { userId, limit: 3, cursor: first.nextCursor ?? "" });
      expect([...first.items, ...second.items].map(({ scanId }) => scanId)).toEqual(
        [4, 3, 2, 1, 0].map((index) => `page-${index}`),
      );
      expect(second.nextCursor).toBeNull();
    });

    test("attack: a scan is neither listed, found nor deleted by another user or company", async () => {
      const { companyId, insider, outsider } = await twoTenants(context);
      await save(context.db, { scanId: "mine", target, results: {}, userId: outsider });
      await save(context.db, { scanId: "nobodys", target, results: {} });
      for (const scope of [{ userId: insider }, { companyId }, { companyId, userId: outsider }]) {
        expect((await history(context.db, scope)).items).toEqual([]);
        for (const scanId of ["mine", "nobodys"]) {
          await expect(byId(context.db, { scanId, ...scope })).rejects.toBeInstanceOf(NotFoundError);
          await expect(remove(context.db, { scanId, ...scope })).rejects.toBeInstanceOf(NotFoundError);
        }
      }
      expect(await byId(context.db, { scanId: "mine", userId: outsider })).toMatchObject({ scanId: "mine" });
      for (const scope of [{ userId: 0 }, { companyId: 0 }]) {
        await expect(history(context.db, scope)).rejects.toMatchObject({ code: "INVALID_INPUT" });
        await expect(byId(context.db, { scanId: "mine", ...scope })).rejects.toMatchObject({ code: "INVALID_INPUT" });
        await expect(remove(context.db, { scanId: "mine", ...scope })).rejects.toMatchObject({ code: "INVALID_INPUT" });
      }
    });

    test("shows a company the scans of its users", async () => {
      const { companyId, insider } = await twoTenants(context);
      const { id } = await save(context.db, { scanId: "of-company", target, results: {}, userId: insider });
      expect((await history(context.db, { companyId })).items).toMatchObject([{ id }]);
      expect(await byId(context.db, { scanId: "of-company", companyId })).toMatchObject({ id });
      expect(await remove(context.db, { scanId: "of-company", companyId })).toEqual({ id });
    });

    test("loses a deleted scan softly, once, with an audit row", async () => {
      const userId = (await createTestUser(context.db)).id;
      const { id } = await save(context.db, { scanId: "deleted", target, results: {}, userId });
      const caller = on({ userId });
      expect(await remove(context.db, { scanId: "deleted" }, caller)).toEqual({ id });
      await expect(remove(context.db, { scanId: "deleted" }, caller)).rejects.toBeInstanceOf(NotFoundError);
      await expect(byId(context.db, { scanId: "deleted" })).rejects.toBeInstanceOf(NotFoundError);
      expect((await history(context.db, { userId })).items).toEqual([]);
      const entries = await auditOf.all(context.db, { id });
      expect(entries.filter((entry) => entry.resourceType === table && entry.action === "scan_deleted")).toEqual([
        { action: "scan_deleted", userId, resourceType: table, metadataJson: { target } },
      ]);
      await save(context.db, { scanId: "deleted", target, results: {}, userId });
      expect(await byId(context.db, { scanId: "deleted" })).toMatchObject({ id });
    });

    test("is read by an index, whatever the filters", async () => {
      for (const filter of combinationsOf({ userId: 1, companyId: 1 })) {
        const [plan] = await plansOf(context.db, (db) => history(db, filter));
        expect(plan, JSON.stringify(filter)).toMatch(new RegExp(`${table}_\\w+_index`));
        expect(plan, JSON.stringify(filter)).not.toMatch(fullScanOf(table));
        if (filter.companyId === undefined) expect(plan).not.toMatch(/ORDER BY|Sort/);
      }
    });

    test.each([
      [{ limit: -1 }, "limit"],
      [{ days: 0 }, "days"],
      [{ days: -1 }, "days"],
      [{ cursor: "'; --" }, "cursor"],
      [{ limit: 1, owner: 1 }, "owner"],
    ])("refuses %j", async (filter, field) => {
      await expect(history(context.db, filter)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    });
  });
}

describeOnEachEngine("A summary that is none", (context) => {
  test("hides neither its scan nor any other", async () => {
    const summaries = [json("not a summary"), json([1]), json(5), json(null), null];
    for (const [index, summary] of summaries.entries()) {
      await saveXasmScan(context.db, { scanId: `broken-${index}`, target, results: {} });
      await setSummary.run(context.db, { scanId: `broken-${index}`, summary });
    }
    await saveXasmScan(context.db, { scanId: "whole", target, results: {} });
    const { items } = await getXasmScanHistory(context.db);
    expect(items).toHaveLength(summaries.length + 1);
    expect(items.map(({ summary }) => summary === null)).toEqual([false, true, true, true, true, true]);
  });
});

describeOnEachEngine("cleanupOldScanHistory", (context) => {
  test("removes what is older than its age for good, in both histories, and says so in the audit log", async () => {
    await saveXasmScan(context.db, { scanId: "old-deleted", target, results: {} });
    await deleteXasmScan(context.db, { scanId: "old-deleted" });
    for (let index = 0; index < 450; index += 1) {
      await saveXasmScan(context.db, { scanId: `old-${index}`, target, results: {} });
    }
    await saveLightboxScan(context.db, { scanId: "old", target, results: {} });
    context.clock.advance({ milliseconds: 1 });
    await saveXasmScan(context.db, { scanId: "new", target, results: {} });
    context.clock.advance({ days: 30 });
    expect(await cleanupOldScanHistory(context.db)).toEqual({ xasm: 451, lightbox: 1 });
    expect(await storedScans.all(context.db, {})).toEqual([{ scanId: "new", deletedAt: null, isActive: true }]);
    expect(await cleanupOldScanHistory(context.db)).toEqual({ xasm: 0, lightbox: 0 });
    const logged = await statement((sql) =>
      sql.selectFrom("audit_logs").select("metadata_json").where("action", "=", "scan_history_cleaned"),
    ).all(context.db, {});
    expect(logged).toEqual([{ metadataJson: { days: 30, xasm: 451, lightbox: 1 } }]);
  });

  test.each([-1, -30, 0.5, Number.NaN, 36_501])("refuses an age of %s days, and removes nothing", async (days) => {
    await saveXasmScan(context.db, { scanId: "kept", target, results: {} });
    await expect(cleanupOldScanHistory(context.db, { days })).rejects.toMatchObject({ field: "days" });
    expect(await getXasmScanById(context.db, { scanId: "kept" })).not.toBeNull();
  });
});
