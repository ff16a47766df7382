import { expect, test } from "vitest";
import type { Database } from "../../src/database/handle.ts";
import { fetchFirst, runQuery } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import {
  batchInsert,
  deleteXasmScan,
  getXasmScanById,
  moveUserToCompany,
  restore,
  runMaintenance,
  safeUpdate,
  saveXasmScan,
} from "../../src/index.ts";
import { recountBounds } from "../../src/quotas/recount-bounds.ts";
import { meteredTables } from "../../src/quotas/metered-tables.ts";
import { usageOf } from "../../src/quotas/usage.ts";
import { tables } from "../../src/schema/tables.ts";
import { xasmScanHistory } from "../../src/schema/surface/scans.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { inCompany } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { insertRawRow } from "../support/raw-rows.ts";
import { makeTwoRoles } from "../support/row-security.ts";

const exceeded = { code: "QUOTA_EXCEEDED" };

const save = (db: Database, userId: number, scanId = uniqueWord()) =>
  saveXasmScan(db, { scanId, target: "example.org", results: {}, userId });

test("every table whose rows say what they count is counted", () => {
  const metered = tables.filter(({ columnList }) => columnList.some(({ name }) => name === "stored_bytes"));
  expect(metered.map(({ name }) => name)).toEqual(meteredTables);
});

describeOnEachEngine("What is stored at most", (context) => {
  const boundOf = (name: string) => {
    const { sql } = context.db;
    const query = sql.selectFrom("quota_bounds").select(["live_rows", "deleted_rows"]).where("id", "=", name);
    return fetchFirst(context.db, query);
  };
  const unknown = { liveRows: null, deletedRows: null };

  /** A user of a company, and a handle by whose quota that many rows may be stored for each. */
  async function holding(rows: number) {
    const { id: companyId } = await createTestCompany(context.db);
    const { id } = await createTestUser(context.db, { company_id: companyId });
    const db = await context.openAnother({ quotas: { rowsPerUser: rows, rowsPerCompany: rows } });
    return { id, companyId, user: `user ${id}`, company: `company ${companyId}`, db };
  }
  /** Stores past everything that counts. */
  const storeUnseen = ({ id, companyId }: { id: number; companyId: number }) => {
    const scan = { scan_id: uniqueWord(), timestamp: context.clock.now() };
    return insertRawRow(context.db, xasmScanHistory, { ...scan, user_id: id, company_id: companyId });
  };

  test("decides without counting as long as it is within the quota, and the upkeep counts", async () => {
    const one = await holding(3);
    await save(one.db, one.id);
    for (let made = 0; made < 5; made += 1) await storeUnseen(one);
    await save(one.db, one.id);
    expect(await boundOf(one.company)).toEqual({ liveRows: 2, deletedRows: 0 });
    const [tried] = (await runMaintenance(one.db, "daily", { only: ["scan-history"], dryRun: true })).jobs;
    expect(tried?.result).not.toHaveProperty("recounted");
    expect(await boundOf(one.company)).toEqual({ liveRows: 2, deletedRows: 0 });
    const { jobs } = await runMaintenance(one.db, "daily", { only: ["scan-history"] });
    expect(jobs[0]).toMatchObject({ status: "done", result: { recounted: expect.any(Number) } });
    expect([await boundOf(one.company), await boundOf(one.user)]).toEqual([
      { liveRows: 7, deletedRows: 0 },
      { liveRows: 7, deletedRows: 0 },
    ]);
    await expect(save(one.db, one.id)).rejects.toMatchObject(exceeded);
  });

  test("is counted once the quota would be passed: what was replaced or deleted gives its room back", async () => {
    const one = await holding(2);
    for (let round = 0; round < 4; round += 1) await save(one.db, one.id, "again");
    expect(await boundOf(one.user)).toEqual({ liveRows: 2, deletedRows: 0 });
    await deleteXasmScan(one.db, { scanId: "again", userId: one.id });
    await save(one.db, one.id);
    expect(await boundOf(one.user)).toEqual({ liveRows: 1, deletedRows: 1 });
    await save(one.db, one.id);
    await expect(save(one.db, one.id)).rejects.toMatchObject(exceeded);
    expect(await boundOf(one.user)).toEqual({ liveRows: 2, deletedRows: 1 });
  });

  test("is as it was when the save is taken back", async () => {
    const one = await holding(5);
    await save(one.db, one.id);
    const undo = transaction(one.db, async (tx) => {
      await saveXasmScan(tx, { scanId: uniqueWord(), target: "example.org", results: {}, userId: one.id });
      throw new Error("taken back");
    });
    await expect(undo).rejects.toThrow("taken back");
    expect(await boundOf(one.company)).toEqual({ liveRows: 1, deletedRows: 0 });
  });

  test("is forgotten by the upkeep where nothing is stored any more", async () => {
    const one = await holding(5);
    await save(one.db, one.id);
    await runQuery(one.db, one.db.sql.deleteFrom("xasm_scan_history").where("user_id", "=", one.id));
    expect(await recountBounds(one.db)).toBeGreaterThan(1);
    expect([await boundOf(one.user), await boundOf(one.company)]).toEqual([null, null]);
  });

  test("attack: is unknown after rows came that nobody counted, a record was restored, or given to others", async () => {
    const [one, other] = [await holding(3), await holding(3)];
    const record = { target: "example.org", userId: one.id, companyId: one.companyId };
    await save(one.db, one.id, "kept");
    const inserted = await batchInsert(
      one.db,
      "xasm_scan_history",
      ["b", "c"].map((scanId) => ({ scanId, ...record })),
    );
    expect(inserted).toMatchObject({ inserted: 2 });
    expect([await boundOf(one.user), await boundOf(one.company)]).toEqual([unknown, unknown]);
    await expect(save(one.db, one.id)).rejects.toMatchObject(exceeded);

    const { id: kept } = await getXasmScanById(one.db, { scanId: "kept", userId: one.id });
    await deleteXasmScan(one.db, { scanId: "kept", userId: one.id });
    await save(one.db, one.id, "in its place");
    expect(await boundOf(one.user)).toEqual({ liveRows: 3, deletedRows: 1 });
    expect(await restore(one.db, "xasm_scan_history", kept)).toBe(true);
    expect([await boundOf(one.user), await boundOf(one.company)]).toEqual([unknown, unknown]);

    await save(other.db, other.id);
    await safeUpdate(one.db, "xasm_scan_history", kept, { status: "seen" });
    expect(await boundOf(other.user)).toEqual({ liveRows: 1, deletedRows: 0 });
    const changes = { userId: other.id, companyId: other.companyId };
    await safeUpdate(one.db, "xasm_scan_history", kept, changes, { mayChange: ["userId", "companyId"] });
    expect([await boundOf(other.user), await boundOf(other.company)]).toEqual([unknown, unknown]);
  });

  test("stays with the company that something was stored in when its user moves", async () => {
    const [one, other] = [await holding(2), await holding(2)];
    await save(one.db, one.id);
    await moveUserToCompany(one.db, { id: one.id, companyId: other.companyId });
    await save(one.db, one.id);
    expect([await boundOf(one.company), await boundOf(other.company), await boundOf(one.user)]).toEqual([
      { liveRows: 1, deletedRows: 0 },
      { liveRows: 1, deletedRows: 0 },
      { liveRows: 2, deletedRows: 0 },
    ]);
    await expect(save(one.db, one.id)).rejects.toMatchObject(exceeded);
  });

  test("attack: lets eight who save at once pass no quota, whether it is known or not", async () => {
    const one = await holding(6);
    const { id: colleague } = await createTestUser(context.db, { company_id: one.companyId });
    const atOnce = async () => {
      const saves = Array.from({ length: 8 }, (_, index) => save(one.db, index % 2 === 0 ? one.id : colleague));
      return (await Promise.allSettled(saves)).filter(({ status }) => status === "fulfilled").length;
    };
    await save(one.db, one.id);
    expect(await atOnce()).toBe(5);
    await runQuery(one.db, one.db.sql.deleteFrom("xasm_scan_history").where("company_id", "=", one.companyId));
    await runQuery(one.db, one.db.sql.deleteFrom("quota_bounds"));
    expect(await atOnce()).toBe(6);
    expect((await usageOf(one.db, "company_id", one.companyId)).live.rows).toBe(6);
  });
});

test("PostgreSQL: what a user stored in another company counts, though row security hides it", async () => {
  await using roles = await makeTwoRoles();
  const db = await roles.openAsApp({ quotas: { rowsPerUser: 2 } });
  const { id: former } = await createTestCompany(roles.owner);
  const { id: present } = await createTestCompany(roles.owner);
  const { id } = await createTestUser(roles.owner, { company_id: former });
  await save(db, id);
  await save(db, id);
  await moveUserToCompany(db, { id, companyId: present });
  const scan = { scanId: uniqueWord(), target: "example.org", results: {} };
  await expect(saveXasmScan(db, scan, inCompany(present, { userId: id }))).rejects.toMatchObject(exceeded);
});
