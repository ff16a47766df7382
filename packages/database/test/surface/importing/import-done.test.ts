import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import type { Handle } from "../../../src/database/handle.ts";
import type { DoneImport } from "../../../src/surface/changes/finding-change.ts";
import { importDoneHandlers } from "../../../src/surface/consequences.ts";
import { importReport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { importLines, makeCompany, reportOf } from "../support/reports.ts";

type Follow = (tx: Handle, done: DoneImport) => Promise<void>;

/** Lets a function follow from imports while something is done. */
async function whileFollowing<T>(follow: Follow, work: () => Promise<T>): Promise<T> {
  const handlers = importDoneHandlers as Follow[];
  handlers.push(follow);
  try {
    return await work();
  } finally {
    handlers.pop();
  }
}

/** A scan of TLS with one finding and two checks, of which one passed. */
const checked = JSON.stringify(
  [
    { id: "heartbleed", severity: "OK", finding: "not vulnerable" },
    { id: "SSLv3", severity: "CRITICAL", finding: "offered" },
    { id: "scanTime", severity: "INFO", finding: "20" },
  ].map((row) => ({ ...row, ip: "www.example.org/192.0.2.1", port: "443" })),
);

describeOnEachEngine("What follows from an import that is done", (context) => {
  const keysOf = async (ids: ReadonlySet<number> = new Set()) => {
    const query = context.db.sql
      .selectFrom("finding_rules")
      .select("key")
      .where("id", "in", [...ids, 0]);
    return (await fetchAll(context.db, query)).map(({ key }) => key).toSorted();
  };
  const statusOf = async (tx: Handle, companyId: number) => {
    const query = tx.sql.selectFrom("scan_imports").select("status").where("company_id", "=", companyId).orderBy("id");
    return (await fetchAll(tx, query)).map(({ status }) => status);
  };

  test("is told once, in its transaction, of the rules that were seen: new ones and old ones, whatever the slices", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "gone" }, { rule: "old" }]);
    const told: { done: DoneImport; status: unknown }[] = [];
    const scannedAt = clock.now();
    const { importId } = await whileFollowing(
      async (tx, done) => void told.push({ done, status: (await statusOf(tx, companyId)).at(-1) }),
      () => importLines(db, companyId, [{ rule: "old" }, { rule: "new" }], { scannedAt, sliceRecords: 1 }),
    );
    expect(told).toMatchObject([{ done: { companyId, importId, at: scannedAt }, status: "done" }]);
    expect(await keysOf(told[0]?.done.seenRuleIds)).toEqual(["new", "old"]);
    expect(told[0]?.done.passedRuleIds.size).toBe(0);
  });

  test("is told which rules were tested and found nothing wrong, and no others", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const told: DoneImport[] = [];
    await whileFollowing(
      async (_tx, done) => void told.push(done),
      () => importReport(db, { companyId, source: reportOf(checked), format: "testssl" }),
    );
    expect(await keysOf(told[0]?.seenRuleIds)).toEqual(["SSLv3"]);
    expect(await keysOf(told[0]?.passedRuleIds)).toEqual(["heartbleed"]);
  });

  test("is told of a report that ended too early, whose findings were seen", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const told: DoneImport[] = [];
    await whileFollowing(
      async (_tx, done) => void told.push(done),
      () => importReport(db, { companyId, source: reportOf(checked.slice(0, -20)), format: "testssl" }),
    );
    expect(await statusOf(db, companyId)).toEqual(["partial"]);
    expect(await keysOf(told[0]?.seenRuleIds)).toEqual(["SSLv3"]);
  });

  test("takes the import back when it throws", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const fault = new Error("no consequence");
    const imported = whileFollowing(
      () => Promise.reject(fault),
      () => importLines(db, companyId, [{ rule: "a" }]),
    );
    await expect(imported).rejects.toBe(fault);
    expect(await statusOf(db, companyId)).toEqual([]);
  });
});
