import { beforeAll, describe, expect, test } from "vitest";
import { after, day } from "../../../src/database/durations.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { listFindings, setSeverity, updateAsset } from "../../../src/surface/index.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeAcceptance, makeAsset, makeFinding } from "../../support/surface/findings.ts";
import { importLines } from "../support/reports.ts";

const reason = "It is on the way to the payments.";

describeOnEachEngine("Rating a finding", (context) => {
  let companyId = 0;
  beforeAll(async () => {
    companyId = (await createTestCompany(context.db)).id;
  });

  async function historyOf(findingId: number) {
    const query = context.db.sql
      .selectFrom("finding_history")
      .select(["kind", "from_status", "to_status", "from_severity", "to_severity", "reason", "changes"])
      .where("finding_id", "=", findingId);
    return fetchAll(context.db, query.orderBy("id"));
  }

  test("moves risk, due date and counts, and going back to the tool's word moves them back", async () => {
    const { db } = context;
    const { id: assetId } = await makeAsset(db, { companyId, criticality: 4 });
    const openedAt = after(db.clock.now(), -10 * day);
    const dueAt = after(openedAt, 90 * day);
    const { id } = await makeFinding(db, { companyId, assetId, openedAt, dueAt });
    const before = db.clock.now();
    const raised = await setSeverity(db, { id, severity: "critical", reason }, inCompany(companyId));
    expect(raised).toMatchObject({ severity: "critical", reportedSeverity: "medium", severityOverridden: true });
    expect(raised.risk).toBe(850);
    // What becomes critical today is not overdue by that alone.
    expect(raised.dueAt?.getTime()).toBeGreaterThanOrEqual(after(before, 7 * day).getTime());
    expect(raised.dueAt?.getTime()).toBeLessThanOrEqual(after(db.clock.now(), 7 * day).getTime());
    expect(raised.changedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await expectTrueCounts(db, companyId);
    const lowered = await setSeverity(db, { id, severity: "low", reason: "Nobody gets there." });
    expect(lowered).toMatchObject({ risk: 250, dueAt: after(openedAt, 180 * day) });
    await expectTrueCounts(db, companyId);
    const cleared = await setSeverity(db, { id, severity: null });
    expect(cleared).toMatchObject({ severity: "medium", severityOverridden: false, risk: 450 });
    await expectTrueCounts(db, companyId);
    const state = { kind: "rescored", fromStatus: "open", toStatus: "open" };
    expect(await historyOf(id)).toMatchObject([
      { ...state, fromSeverity: "medium", toSeverity: "critical", reason },
      { ...state, fromSeverity: "critical", toSeverity: "low", reason: "Nobody gets there.", changes: null },
      { ...state, fromSeverity: "low", toSeverity: "medium", reason: null },
    ]);
    expect((await historyOf(id))[0]?.changes).toEqual({ severityOverridden: { old: false, new: true } });
  });

  test("a due date that is near already stays when a finding becomes more severe", async () => {
    const { db } = context;
    const dueAt = after(db.clock.now(), day);
    const { id } = await makeFinding(db, { companyId, severity: "high", dueAt });
    expect(await setSeverity(db, { id, severity: "critical", reason })).toMatchObject({ dueAt });
  });

  test("what changes nothing is not written down, but the tool's own severity can be laid down", async () => {
    const { db } = context;
    const { id } = await makeFinding(db, { companyId });
    expect(await setSeverity(db, { id, severity: null })).toMatchObject({ severityOverridden: false });
    expect(await historyOf(id)).toEqual([]);
    expect(await setSeverity(db, { id, severity: "medium", reason })).toMatchObject({ severityOverridden: true });
    await setSeverity(db, { id, severity: "medium", reason });
    expect(await historyOf(id)).toMatchObject([
      { fromSeverity: "medium", toSeverity: "medium", changes: { severityOverridden: { old: false, new: true } } },
    ]);
    await expectTrueCounts(db, companyId);
  });

  test("needs a reason, and a finding of the company", async () => {
    const { db } = context;
    const { id } = await makeFinding(db, { companyId });
    await expect(setSeverity(db, { id, severity: "low" })).rejects.toMatchObject({ field: "reason" });
    const elsewhere = inCompany((await createTestCompany(db)).id);
    await expect(setSeverity(db, { id, severity: "low", reason }, elsewhere)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await historyOf(id)).toEqual([]);
  });

  test("what is closed has no due date", async () => {
    const { db } = context;
    const { id } = await makeFinding(db, { companyId, status: "false_positive" });
    expect(await setSeverity(db, { id, severity: "critical", reason })).toMatchObject({
      status: "false_positive",
      risk: 800,
      dueAt: null,
    });
    await expectTrueCounts(db, companyId);
  });

  describe("an accepted risk", () => {
    test.each([
      ["high", "accepted", "rescored"],
      ["critical", "open", "reopened"],
    ] as const)("of up to high that is rated %s is %s", async (severity, status, kind) => {
      const { db } = context;
      const { id: riskAcceptanceId } = await makeAcceptance(db, { companyId, maxSeverity: "high" });
      const { id } = await makeFinding(db, { companyId, status: "accepted", riskAcceptanceId });
      const rated = await setSeverity(db, { id, severity, reason });
      expect(rated).toMatchObject({ status, isOpen: status === "open" });
      expect(rated.riskAcceptanceId).toBe(status === "open" ? null : riskAcceptanceId);
      expect(rated.dueAt === null).toBe(status === "accepted");
      expect(await historyOf(id)).toMatchObject([{ kind, fromStatus: "accepted", toStatus: status }]);
      await expectTrueCounts(db, companyId);
    });
  });

  test("opens nothing on an asset that somebody ignores, until it is active again", async () => {
    const { db } = context;
    const { id: assetId } = await makeAsset(db, { companyId, status: "ignored" });
    const { id: riskAcceptanceId } = await makeAcceptance(db, { companyId, maxSeverity: "medium" });
    const { id } = await makeFinding(db, { companyId, assetId, status: "accepted", riskAcceptanceId });
    expect(await setSeverity(db, { id, severity: "critical", reason })).toMatchObject({
      status: "out_of_scope",
      riskAcceptanceId: null,
      dueAt: null,
    });
    await updateAsset(db, { id: assetId, status: "active" });
    expect((await listFindings(db, { companyId, assetId })).items).toMatchObject([{ id, status: "open" }]);
    await expectTrueCounts(db, companyId);
  });

  test("stays through reports, whose word is kept beside it", async () => {
    const { db } = context;
    const { id: importing } = await createTestCompany(db);
    await importLines(db, importing, [{ rule: "one", severity: "low" }]);
    const find = async () => (await listFindings(db, { companyId: importing })).items[0] as { id: number };
    const { id } = await find();
    await setSeverity(db, { id, severity: "high", reason });
    await importLines(db, importing, [{ rule: "one", severity: "critical" }]);
    expect(await find()).toMatchObject({ severity: "high", reportedSeverity: "critical" });
    expect(await setSeverity(db, { id, severity: null })).toMatchObject({ severity: "critical", risk: 800 });
    await expectTrueCounts(db, importing);
  });
});
