import { describe, expect, test } from "vitest";
import { after, day } from "../../../src/database/durations.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { getSlaPolicy, setSlaPolicy } from "../../../src/surface/index.ts";
import { setDueDates } from "../../../src/surface/policies/set-due-dates.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeFinding } from "../../support/surface/findings.ts";

const systemActor = { userId: null };

describeOnEachEngine("The policy on how long findings may stay open", (context) => {
  const company = async () => (await createTestCompany(context.db)).id;

  async function dueDates(companyId: number): Promise<Map<number, Date | null>> {
    const query = context.db.sql.selectFrom("findings").select(["id", "due_at"]).where("company_id", "=", companyId);
    return new Map((await fetchAll(context.db, query)).map(({ id, dueAt }) => [id, dueAt]));
  }

  async function historyIn(companyId: number) {
    const query = context.db.sql
      .selectFrom("finding_history")
      .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
      .select(["cause", "kind", "finding_id", "changes", "from_status", "to_status"])
      .where("finding_history.company_id", "=", companyId);
    return fetchAll(context.db, query.orderBy("finding_history.id"));
  }

  test("is the default until it is laid down, and the rest of it then", async () => {
    const { db } = context;
    const companyId = await company();
    const { policies: defaults } = await getSlaPolicy(db, { companyId });
    expect(defaults.map(({ severity, days, exploitedDays }) => [severity, days, exploitedDays])).toEqual([
      ["critical", 7, 3],
      ["high", 30, 7],
      ["medium", 90, 14],
      ["low", 180, 30],
      ["info", null, null],
    ]);
    const high = { severity: "high", days: 14, exploitedDays: null } as const;
    const set = await setSlaPolicy(db, { companyId, policies: [high] }, inCompany(companyId));
    const wanted = defaults.map((one) => (one.severity === "high" ? high : one));
    expect(set).toEqual({ companyId, policies: wanted, findings: 0 });
    const info = { severity: "info", days: 400, exploitedDays: 40 } as const;
    await setSlaPolicy(db, { companyId, policies: [{ ...high, days: 20 }, info] });
    const { policies } = await getSlaPolicy(db, {}, inCompany(companyId));
    expect(policies).toEqual([...wanted.slice(0, 1), { ...high, days: 20 }, ...wanted.slice(2, 4), info]);
    const rows = db.sql.selectFrom("sla_policies").select("id").where("company_id", "=", companyId);
    expect(await fetchAll(db, rows)).toHaveLength(2);
  });

  test("moves the due dates of open findings of its severities, and says so in their history", async () => {
    const { db } = context;
    const companyId = await company();
    const openedAt = after(db.clock.now(), -5 * day);
    const dueAt = after(openedAt, 30 * day);
    const open = await makeFinding(db, { companyId, severity: "high", openedAt, dueAt });
    const exploited = await makeFinding(db, { companyId, severity: "high", openedAt, knownExploited: true });
    const low = await makeFinding(db, { companyId, severity: "low", openedAt });
    const fixed = await makeFinding(db, { companyId, severity: "high", openedAt, status: "fixed" });
    const policies = [{ severity: "high", days: 10, exploitedDays: 2 } as const];
    expect((await setSlaPolicy(db, { companyId, policies })).findings).toBe(2);
    expect(await dueDates(companyId)).toEqual(
      new Map([
        [open.id, after(openedAt, 10 * day)],
        [exploited.id, after(openedAt, 2 * day)],
        [low.id, null],
        [fixed.id, null],
      ]),
    );
    const state = { cause: "policy", kind: "rescored", fromStatus: "open", toStatus: "open" };
    expect(await historyIn(companyId)).toMatchObject([
      {
        ...state,
        findingId: open.id,
        changes: { dueAt: { old: dueAt.toISOString(), new: after(openedAt, 10 * day).toISOString() } },
      },
      { ...state, findingId: exploited.id, changes: { dueAt: { old: null } } },
    ]);
    await expectTrueCounts(db, companyId);
    const audited = db.sql.selectFrom("audit_logs").select(["action", "metadata_json"]);
    const rows = () => fetchAll(db, audited.where("company_id", "=", companyId));
    expect(await rows()).toMatchObject([{ action: "sla_policy_set", metadataJson: { policies } }]);
    expect((await setSlaPolicy(db, { companyId, policies })).findings).toBe(0);
    expect(await rows()).toHaveLength(1);
    expect(await historyIn(companyId)).toHaveLength(2);
    const never = [{ severity: "high", days: null, exploitedDays: null } as const];
    expect((await setSlaPolicy(db, { companyId, policies: never })).findings).toBe(2);
    expect([...(await dueDates(companyId)).values()]).toEqual([null, null, null, null]);
  });

  test("goes through all findings in batches, also of one time, and where it was interrupted", async () => {
    const { db } = context;
    const companyId = await company();
    const openedAt = after(db.clock.now(), -day);
    for (let index = 0; index < 7; index += 1) {
      await makeFinding(db, { companyId, severity: "high", openedAt: index < 5 ? openedAt : db.clock.now() });
    }
    const wanted = { companyId, severities: new Set(["high"] as const), actor: systemActor };
    expect(await setDueDates(db, wanted, 2)).toBe(7);
    expect([...(await dueDates(companyId)).values()].includes(null)).toBe(false);
    const sets = db.sql.selectFrom("finding_change_sets").select("counts").where("company_id", "=", companyId);
    const causes = await fetchAll(db, sets.where("cause", "=", "policy").orderBy("id"));
    expect(causes.map(({ counts }) => counts)).toEqual([2, 2, 2, 1].map((rescored) => ({ rescored })));
    expect(await setDueDates(db, wanted, 7)).toBe(0);
  });

  test("two who lay it down at once leave due dates of one of them", async () => {
    const { db } = context;
    const companyId = await company();
    for (let index = 0; index < 3; index += 1) await makeFinding(db, { companyId, severity: "high" });
    const set = (days: number) =>
      setSlaPolicy(db, { companyId, policies: [{ severity: "high", days, exploitedDays: 1 }] });
    await Promise.all([set(3), set(5), set(8)]);
    const { policies } = await getSlaPolicy(db, { companyId });
    const days = policies.find(({ severity }) => severity === "high")?.days as number;
    const query = db.sql.selectFrom("findings").select(["opened_at", "due_at"]).where("company_id", "=", companyId);
    for (const { openedAt, dueAt } of await fetchAll(db, query)) expect(dueAt).toEqual(after(openedAt, days * day));
  });

  describe("refuses", () => {
    const policy = { severity: "high", days: 3, exploitedDays: 1 } as const;

    test("what is no number of days, and a severity twice", async () => {
      const { db } = context;
      const companyId = await company();
      for (const days of [0, 3651, 1.5]) {
        const refused = setSlaPolicy(db, { companyId, policies: [{ ...policy, days }] });
        await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT", field: "policies.0.days" });
      }
      const twice = setSlaPolicy(db, { companyId, policies: [policy, policy] });
      await expect(twice).rejects.toMatchObject({ code: "INVALID_INPUT", field: "policies" });
      await expect(setSlaPolicy(db, { companyId, policies: [] })).rejects.toMatchObject({ field: "policies" });
    });

    test("attack: another company's, and to guess which one is meant", async () => {
      const { db } = context;
      const [companyId, elsewhere] = [await company(), await company()];
      const caller = inCompany(companyId);
      const notFound = { code: "NOT_FOUND" };
      await expect(getSlaPolicy(db, { companyId: elsewhere }, caller)).rejects.toMatchObject(notFound);
      const theirs = setSlaPolicy(db, { companyId: elsewhere, policies: [policy] }, caller);
      await expect(theirs).rejects.toMatchObject(notFound);
      await expect(getSlaPolicy(db, { companyId: 1_000_000_000 })).rejects.toMatchObject(notFound);
      await expect(getSlaPolicy(db, {})).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
      await expect(setSlaPolicy(db, { policies: [policy] })).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
      expect((await getSlaPolicy(db, { companyId: elsewhere })).policies[1]).toMatchObject({ days: 30 });
    });
  });
});
