import { expect, test } from "vitest";
import type { Database } from "../../src/database/handle.ts";
import {
  deleteXasmScan,
  getUserUsage,
  getXasmScanHistory,
  purgeSoftDeleted,
  runHealthCheck,
  saveLightboxScan,
  saveXasmScan,
  updateCompany,
} from "../../src/index.ts";
import { findNearQuotas } from "../../src/quotas/near-quotas.ts";
import { usageOf } from "../../src/quotas/usage.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { inCompany } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { plansOf } from "../support/plans.ts";

describeOnEachEngine("Quotas", (context) => {
  const save = (db: Database, userId: number, { scanId = uniqueWord(), bytes = 10 } = {}) =>
    saveXasmScan(db, { scanId, target: "example.org", results: { found: "x".repeat(bytes) }, userId });
  const exceeded = { code: "QUOTA_EXCEEDED", status: 413 };
  const stored = async (userId: number) =>
    (await getXasmScanHistory(context.db, { userId })).items.map(({ scanId }) => scanId).toSorted();

  test("refuse one user's row too many, of all kinds together, and keep nothing of it", async () => {
    const db = await context.openAnother({ quotas: { rowsPerUser: 2 } });
    const { id } = await createTestUser(db);
    const { id: other } = await createTestUser(db);
    await save(db, id, { scanId: "a" });
    await saveLightboxScan(db, { scanId: "b", target: "example.org", results: {}, userId: id });
    const message = "This would make 3 rows of the 2 rows that the user may store.";
    await expect(save(db, id, { scanId: "c" })).rejects.toMatchObject({ ...exceeded, message });
    expect(await stored(id)).toEqual(["a"]);
    await save(db, id, { scanId: "a", bytes: 20 });
    await save(db, other, { scanId: `${other}` });
  });

  test("refuse bytes too many, and count what replaces something once", async () => {
    const db = await context.openAnother({ quotas: { mibPerUser: 1 } });
    const { id } = await createTestUser(db);
    await save(db, id, { scanId: "large", bytes: 600_000 });
    await save(db, id, { scanId: "large", bytes: 700_000 });
    const message = "This would make 1.4 MB of the 1.0 MB that the user may store.";
    await expect(save(db, id, { scanId: "more", bytes: 700_000 })).rejects.toMatchObject({ ...exceeded, message });
    await save(db, id, { scanId: "more", bytes: 200_000 });
    const { live } = await usageOf(db, "user_id", id);
    expect(live.rows).toBe(2);
    expect(live.bytes).toBeGreaterThan(900_000);
    expect(live.bytes).toBeLessThan(902_000);
  });

  test("are warned of by the health check once nine tenths are used, over all tables", async () => {
    const { db } = context;
    const company = await createTestCompany(db);
    const { id } = await createTestUser(db, { company_id: company.id });
    for (let made = 0; made < 4; made += 1) {
      await save(db, id);
      await saveLightboxScan(db, { scanId: uniqueWord(), target: "example.org", results: {}, userId: id });
    }
    expect(await findNearQuotas(db)).toEqual([]);
    const near = async (rowsPerUser: number) =>
      (await findNearQuotas(await context.openAnother({ quotas: { rowsPerUser } }))).map((one) => one.id);
    expect(await near(9)).not.toContain(id);
    expect(await near(8)).toContain(id);
    await updateCompany(db, { id: company.id, maxStoredRows: 8 });
    const { healthy, alerts } = await runHealthCheck(db);
    const message = expect.stringContaining(`company ${company.id} (8 of 8 rows, `);
    expect(alerts).toContainEqual({ level: "warning", code: "QUOTA", message });
    expect(healthy).toBe(true);
  });

  test("give room back for what is deleted; attack: but nobody fills the disk with what they delete", async () => {
    const db = await context.openAnother({ quotas: { rowsPerUser: 2 } });
    const { id, companyId } = { ...(await createTestUser(db)), companyId: undefined };
    const scans = [1, 2, 3, 4].map((number) => `${id} ${number}`);
    for (const scanId of scans) {
      await save(db, id, { scanId });
      await deleteXasmScan(db, { scanId, userId: id, companyId });
    }
    const refusal = save(db, id, { scanId: `${id} 5` });
    await expect(refusal).rejects.toMatchObject({ ...exceeded, message: expect.stringContaining("not purged yet") });
    context.clock.advance({ days: 91 });
    await purgeSoftDeleted(db);
    await save(db, id, { scanId: `${id} 5` });
  });

  test("hold for a company's users together; a super administrator allows it more, or less", async () => {
    const db = await context.openAnother({ quotas: { rowsPerCompany: 2 } });
    const company = await createTestCompany(db);
    const [one, two] = [
      await createTestUser(db, { company_id: company.id }),
      await createTestUser(db, { company_id: company.id }),
    ];
    await save(db, one.id);
    await save(db, two.id);
    expect(await getUserUsage(db, { id: one.id })).toMatchObject({
      user: { rows: 1, bytes: expect.any(Number), deletedRows: 0, maxRows: 20_000, maxBytes: 2 ** 32 },
      company: { rows: 2, deletedBytes: 0, maxRows: 2, maxBytes: 20_480 * 2 ** 20 },
    });
    await expect(save(db, one.id)).rejects.toMatchObject({ ...exceeded, message: expect.stringContaining("company") });
    const raise = updateCompany(
      db,
      { id: company.id, maxStoredRows: 3 },
      { ...inCompany(company.id), may: () => false },
    );
    await expect(raise).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await updateCompany(db, { id: company.id, maxStoredRows: 3 });
    await save(db, one.id);
    await expect(save(db, two.id)).rejects.toMatchObject(exceeded);
    await updateCompany(db, { id: company.id, maxStoredRows: null, maxStoredMib: 0 });
    await expect(save(db, two.id)).rejects.toMatchObject(exceeded);
    const { id: elsewhere } = await createTestUser(db);
    await save(db, elsewhere);
  });

  test("attack: are not passed by many who store at once, by two handles", async () => {
    const quotas = { rowsPerUser: 1000, rowsPerCompany: 5 };
    const handles = [await context.openAnother({ quotas }), await context.openAnother({ quotas })] as const;
    const company = await createTestCompany(context.db);
    const users = [
      await createTestUser(context.db, { company_id: company.id }),
      await createTestUser(context.db, { company_id: company.id }),
    ] as const;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 24 }, (_, round) => {
        const user = round % 3 === 0 ? users[0] : users[1];
        return save(round % 2 === 0 ? handles[0] : handles[1], user.id);
      }),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(exceeded);
    }
    expect((await usageOf(context.db, "company_id", company.id)).live.rows).toBe(5);
  });

  test("are counted from an index alone", async () => {
    const plans = await plansOf(context.db, async (db) => {
      await usageOf(db, "company_id", 1);
      await usageOf(db, "user_id", 1);
    });
    expect(plans).toHaveLength(4);
    for (const plan of plans) expect(plan).toMatch(/COVERING INDEX|Index Only Scan/);
  });

  test("attack: refuse limits that are none", async () => {
    const opening = context.openAnother({ quotas: { rowsPerUser: 0 } });
    await expect(opening).rejects.toMatchObject({ code: "INVALID_INPUT", field: "quotas.rowsPerUser" });
  });
});
