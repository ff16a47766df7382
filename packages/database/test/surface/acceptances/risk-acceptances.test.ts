import { beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { insertMany } from "../../../src/rows/insert-many.ts";
import { riskAcceptances } from "../../../src/schema/surface/findings.ts";
import {
  decideFindings,
  expireRiskAcceptances,
  listRiskAcceptances,
  replaceRiskAcceptance,
  revokeRiskAcceptance,
  undoImport,
} from "../../../src/surface/index.ts";
import { runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, on, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeAcceptance, makeFinding } from "../../support/surface/findings.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";
import { importLines } from "../support/reports.ts";
import { findingsOf, historyOf, inDays } from "../support/stated.ts";

const reason = "It is behind a wall.";

describeOnEachEngine("Accepted risks", (context) => {
  beforeEach(async () => {
    // Those of other tests do not end in the middle of this one.
    const { db } = context;
    await runQuery(db, db.sql.updateTable("risk_acceptances").set({ expires_at: inDays(db, 36_500) }));
  });

  /** A company with open findings of these severities. */
  async function withFindings(...severities: ("critical" | "medium" | "low")[]) {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const ids: number[] = [];
    for (const severity of severities) ids.push((await makeFinding(db, { companyId, severity })).id);
    return { companyId, ids };
  }

  async function accept(ids: number[], more: object = {}, caller = on({ userId: null })) {
    const { db } = context;
    const decision = { action: "accept-risk", reason, until: inDays(db, 30), ...more } as const;
    return decideFindings(db, { ids, ...decision }, caller);
  }

  async function acceptancesOf(companyId: number) {
    const query = context.db.sql.selectFrom("risk_acceptances").selectAll().where("company_id", "=", companyId);
    return fetchAll(context.db, query.orderBy("id"));
  }

  const live = (companyId: number, more: object = {}) => listRiskAcceptances(context.db, { companyId, ...more });

  async function accepted() {
    const made = await withFindings("critical", "low");
    await accept(made.ids);
    const [acceptance] = await acceptancesOf(made.companyId);
    return { ...made, acceptanceId: acceptance?.id as number };
  }

  describe("are accepted", () => {
    test("all under one, which the decider answers for, up to the worst of them", async () => {
      const { db } = context;
      const { companyId, ids } = await withFindings("low", "critical", "medium");
      const { id: userId } = await createTestUser(db);
      expect(await accept(ids, { compensation: "A wall." }, on({ userId }))).toMatchObject({ changed: 3 });
      const [acceptance, ...others] = await acceptancesOf(companyId);
      expect(others).toEqual([]);
      expect(acceptance).toMatchObject({
        reason,
        compensation: "A wall.",
        ownerUserId: userId,
        decidedByUserId: userId,
        maxSeverity: "critical",
        expiresAt: inDays(db, 30),
        endedAt: null,
      });
      for (const { status, riskAcceptanceId, dueAt } of await findingsOf(db, companyId)) {
        expect({ status, riskAcceptanceId, dueAt }).toEqual({
          status: "accepted",
          riskAcceptanceId: acceptance?.id,
          dueAt: null,
        });
      }
      const changes = { riskAcceptanceId: { old: null, new: acceptance?.id } };
      expect(await historyOf(db, ids[0] as number)).toMatchObject([{ kind: "accepted", changes }]);
    });

    test("not without the right to, by whoever may decide", async () => {
      const { companyId, ids } = await withFindings("low");
      const analyst = { ...inCompany(companyId), may: (name: string) => name !== "risk:accept" };
      await expect(accept(ids, {}, analyst)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
      expect(await acceptancesOf(companyId)).toEqual([]);
    });

    test.each([
      ["until now", 0, "must be in the future"],
      ["for more than a year", 365.01, "must be at most 365 days from now"],
    ])("not %s", async (_, days, message) => {
      const { ids } = await withFindings("low");
      await expect(accept(ids, { until: inDays(context.db, days) })).rejects.toMatchObject({
        issues: [{ field: "until", message }],
      });
      expect(await accept(ids, { until: inDays(context.db, 365) })).toMatchObject({ changed: 1 });
    });

    test("for as long as the installation says", async () => {
      const { db } = context;
      const { ids } = await withFindings("low");
      const strict = await context.openAnother({ surfacePolicy: { longestAcceptanceDays: 7 } });
      const decision = { ids, action: "accept-risk", reason } as const;
      const outcome = decideFindings(strict, { ...decision, until: inDays(db, 8) });
      await expect(outcome).rejects.toMatchObject({ issues: [{ field: "until" }] });
      expect(await decideFindings(strict, { ...decision, until: inDays(db, 7) })).toMatchObject({ changed: 1 });
    });

    test("not up to less than they are today", async () => {
      const { ids } = await withFindings("low", "critical");
      await expect(accept(ids, { maxSeverity: "medium" })).rejects.toMatchObject({
        issues: [{ field: "maxSeverity", message: "must be at least critical, as a finding is today" }],
      });
    });

    test("by an owner of the company alone", async () => {
      const { db } = context;
      const { companyId, ids } = await withFindings("low");
      const { id: colleague } = await createTestUser(db, { company_id: companyId });
      const { id: stranger } = await createTestUser(db, { company_id: (await createTestCompany(db)).id });
      for (const ownerUserId of [stranger, 999_999_999]) {
        await expect(accept(ids, { ownerUserId })).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
      await accept(ids, { ownerUserId: colleague });
      expect(await acceptancesOf(companyId)).toMatchObject([{ ownerUserId: colleague }]);
    });

    test("until another decision, which takes them from under the acceptance", async () => {
      const { db } = context;
      const { companyId, ids } = await accepted();
      await decideFindings(db, { ids, action: "confirm", reason });
      for (const one of await findingsOf(db, companyId)) {
        expect(one).toMatchObject({ status: "confirmed", riskAcceptanceId: null, openedAt: db.clock.now() });
      }
    });

    test("again under a new one, once the old one is over, whether or not the job has run", async () => {
      const { db, clock } = context;
      const { companyId, ids, acceptanceId } = await accepted();
      expect(await accept(ids)).toEqual({ changed: 0, unchanged: 2, refused: [] });
      clock.advance({ days: 30 });
      expect(await accept(ids)).toEqual({ changed: 2, unchanged: 0, refused: [] });
      const [, second] = await acceptancesOf(companyId);
      for (const one of await findingsOf(db, companyId)) expect(one.riskAcceptanceId).toBe(second?.id);
      expect(await expireRiskAcceptances(db)).toEqual({ expired: 1, opened: 0 });
      expect(await acceptancesOf(companyId)).toMatchObject([
        { id: acceptanceId, endReason: "expired" },
        { endReason: null },
      ]);
      await expectTrueCounts(db, companyId);
    });

    test("as long as there is room", async () => {
      const { db } = context;
      const { companyId, ids } = await withFindings("low");
      const row = { companyId, reason, maxSeverity: "low", expiresAt: inDays(db, 30) } as const;
      await transaction(db, (tx) =>
        insertMany(
          tx,
          riskAcceptances,
          Array.from({ length: 10_000 }, () => row),
        ),
      );
      await expect(accept(ids)).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
      // What is replaced needs no more room, and what has ended or lapsed has none.
      const [first, second] = (await live(companyId)).items.map(({ id: one }) => one) as [number, number];
      const { id } = await replaceRiskAcceptance(db, { id: first, until: inDays(db, 60) });
      await revokeRiskAcceptance(db, { id });
      expect(await accept(ids)).toMatchObject({ changed: 1 });
      await expect(accept(ids, { compensation: "A wall." })).resolves.toMatchObject({ unchanged: 1 });
      await runQuery(
        db,
        db.sql.updateTable("risk_acceptances").set({ expires_at: db.clock.now() }).where("id", "=", second),
      );
      await decideFindings(db, { ids, action: "reopen", reason });
      expect(await accept(ids)).toMatchObject({ changed: 1 });
      await decideFindings(db, { ids, action: "reopen", reason });
      await runQuery(db, db.sql.deleteFrom("risk_acceptances").where("company_id", "=", companyId));
    });
  });

  describe("are listed", () => {
    test("what ends soonest first, page by page, with what is accepted under each", async () => {
      const { db } = context;
      const { companyId, ids } = await withFindings("low", "low", "low");
      const [a, b, c] = ids as [number, number, number];
      await accept([a], { until: inDays(db, 20) });
      await accept([b, c], { until: inDays(db, 10) });
      await makeAcceptance(db, { companyId, expiresAt: inDays(db, 15) });
      const first = await live(companyId, { limit: 2 });
      expect(first.items.map(({ findings, state }) => [findings, state])).toEqual([
        [2, "live"],
        [0, "live"],
      ]);
      const rest = await live(companyId, { limit: 2, cursor: first.nextCursor ?? "" });
      expect(rest.items.map(({ findings }) => findings)).toEqual([1]);
      expect(rest.nextCursor).toBeNull();
    });

    test("by their owner", async () => {
      const { db } = context;
      const { companyId, ids } = await accepted();
      const { id: ownerUserId } = await createTestUser(db, { company_id: companyId });
      await makeAcceptance(db, { companyId, ownerUserId });
      expect((await live(companyId)).items).toHaveLength(2);
      expect((await live(companyId, { ownerUserId })).items).toMatchObject([{ ownerUserId }]);
      expect(ids).toHaveLength(2);
    });

    test("a lapsed one never as live, to the millisecond", async () => {
      const { clock } = context;
      const { companyId, acceptanceId } = await accepted();
      clock.advance({ days: 29, hours: 23, minutes: 59, seconds: 59, milliseconds: 999 });
      expect((await live(companyId)).items).toMatchObject([{ id: acceptanceId, state: "live" }]);
      expect((await live(companyId, { state: "expired" })).items).toEqual([]);
      clock.advance({ milliseconds: 1 });
      expect((await live(companyId)).items).toEqual([]);
      const lapsed = [{ id: acceptanceId, state: "expired", endedAt: null }];
      expect((await live(companyId, { state: "expired" })).items).toMatchObject(lapsed);
      await expireRiskAcceptances(context.db);
      expect((await live(companyId)).items).toEqual([]);
      const ended = [{ id: acceptanceId, state: "expired", endedAt: clock.now(), findings: 0 }];
      expect((await live(companyId, { state: "expired" })).items).toMatchObject(ended);
    });

    test("from their index", async () => {
      const { companyId } = await accepted();
      const [list] = await plansOf(context.db, (db) => listRiskAcceptances(db, { companyId }));
      expect(list).toContain("risk_acceptances_company_id_ended_at_expires_at_id_index");
      expect(list).not.toMatch(/TEMP B-TREE|Sort/);
      expect(list).not.toMatch(fullScanOf("risk_acceptances"));
    });

    test("attack: to nobody of another company, and to nobody who reaches their own alone", async () => {
      const { db } = context;
      const { companyId } = await accepted();
      const elsewhere = inCompany((await createTestCompany(db)).id);
      const { id } = await createTestUser(db, { company_id: companyId });
      for (const caller of [elsewhere, onlyOwn(id)]) {
        for (const input of [{}, { companyId }]) {
          expect((await listRiskAcceptances(db, input, caller)).items).toEqual([]);
        }
      }
      await expect(listRiskAcceptances(db)).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
    });
  });

  const endings = {
    revoked: (db: Database, id: number, caller = on({ userId: null })) =>
      revokeRiskAcceptance(db, { id, reason: "The wall is gone." }, caller),
    replaced: (db: Database, id: number, caller = on({ userId: null })) =>
      replaceRiskAcceptance(db, { id, until: inDays(db, 60) }, caller),
  };

  describe.each(Object.entries(endings))("are %s", (state, end) => {
    test("once", async () => {
      const { db, clock } = context;
      const { acceptanceId } = await accepted();
      await end(db, acceptanceId);
      const again = end(db, acceptanceId);
      await expect(again).rejects.toMatchObject({
        code: "TRANSITION_REFUSED",
        message: `An acceptance that is ${state} cannot become ${state}.`,
      });
      const lapsed = await accepted();
      clock.advance({ days: 30 });
      await expect(end(db, lapsed.acceptanceId)).rejects.toMatchObject({
        message: `An acceptance that is expired cannot become ${state}.`,
      });
    });

    test("attack: by nobody of another company", async () => {
      const { db } = context;
      const { companyId, acceptanceId } = await accepted();
      const before = await acceptancesOf(companyId);
      const caller = inCompany((await createTestCompany(db)).id);
      await expect(end(db, acceptanceId, caller)).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect(await acceptancesOf(companyId)).toEqual(before);
    });
  });

  test("that are revoked open their findings, with their whole time", async () => {
    const { db, clock } = context;
    const { companyId, ids, acceptanceId } = await accepted();
    clock.advance({ days: 3 });
    const { id: userId } = await createTestUser(db);
    expect(await endings.revoked(db, acceptanceId, on({ userId }))).toEqual({ id: acceptanceId, opened: 2 });
    const common = { status: "open", openedAt: clock.now(), riskAcceptanceId: null };
    expect(await findingsOf(db, companyId)).toMatchObject([
      { ...common, dueAt: inDays(db, 7) },
      { ...common, dueAt: inDays(db, 180) },
    ]);
    expect((await historyOf(db, ids[0] as number)).at(-1)).toMatchObject({
      kind: "acceptance-ended",
      cause: "expiry",
      userId,
      reason: "The wall is gone.",
    });
    expect(await acceptancesOf(companyId)).toMatchObject([{ endReason: "revoked", endedAt: clock.now() }]);
    await expectTrueCounts(db, companyId);
  });

  test("that are replaced hand their findings over, those that are gone too, with what is not given anew", async () => {
    const { db, clock } = context;
    const { id: companyId } = await createTestCompany(db);
    const lines = [{ rule: "stays" }, { rule: "goes" }];
    await importLines(db, companyId, lines);
    const ids = (await findingsOf(db, companyId)).map(({ id }) => id);
    await accept(ids, { compensation: "A wall." });
    await importLines(db, companyId, [{ rule: "stays" }]);
    const [old] = await acceptancesOf(companyId);
    const { id, findings } = await replaceRiskAcceptance(db, { id: old?.id as number, until: inDays(db, 90) });
    expect(findings).toBe(1);
    expect(await acceptancesOf(companyId)).toMatchObject([
      { endReason: "replaced", endedAt: clock.now() },
      { id, reason, compensation: "A wall.", maxSeverity: "medium", expiresAt: inDays(db, 90), endedAt: null },
    ]);
    expect((await findingsOf(db, companyId)).map((one) => [one.status, one.riskAcceptanceId])).toEqual([
      ["accepted", id],
      ["resolved", id],
    ]);
    clock.advance({ days: 40 });
    expect(await expireRiskAcceptances(db)).toEqual({ expired: 0, opened: 0 });
    await importLines(db, companyId, lines);
    expect((await findingsOf(db, companyId)).map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  });

  test("are not replaced up to less than is accepted, nor under a stranger", async () => {
    const { db } = context;
    const { companyId, acceptanceId: id } = await accepted();
    const until = inDays(db, 60);
    await expect(replaceRiskAcceptance(db, { id, until, maxSeverity: "low" })).rejects.toMatchObject({
      issues: [{ field: "maxSeverity" }],
    });
    const { id: ownerUserId } = await createTestUser(db);
    await expect(replaceRiskAcceptance(db, { id, until, ownerUserId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await acceptancesOf(companyId)).toMatchObject([{ endedAt: null }]);
  });

  test("end by the hourly job, which says what it did, and does nothing when it only counts", async () => {
    const { db, clock } = context;
    const { companyId, ids } = await accepted();
    clock.advance({ days: 30 });
    const only = { only: ["risk-acceptances"] };
    const result = { expired: 1, opened: 2 };
    const rehearsed = await runMaintenance(db, "hourly", { ...only, dryRun: true });
    expect(rehearsed.jobs).toMatchObject([{ status: "done", result }]);
    expect((await findingsOf(db, companyId)).map(({ status }) => status)).toEqual(["accepted", "accepted"]);
    expect((await runMaintenance(db, "hourly", only)).jobs).toMatchObject([{ result }]);
    expect((await historyOf(db, ids[0] as number)).at(-1)).toMatchObject({ kind: "acceptance-ended", reason: null });
    const audited = db.sql.selectFrom("audit_logs").select(["action", "metadata_json"]);
    const rows = await fetchAll(db, audited.where("company_id", "=", companyId).orderBy("id", "desc").limit(1));
    expect(rows).toEqual([{ action: "risk_acceptances_expired", metadataJson: result }]);
    expect((await runMaintenance(db, "hourly", only)).jobs).toMatchObject([{ result: { expired: 0, opened: 0 } }]);
    await expectTrueCounts(db, companyId);
  });

  test("that have ended meanwhile do not hold what an undone import gives back, not even until the job runs", async () => {
    const { db, clock } = context;
    const { id: companyId } = await createTestCompany(db);
    await importLines(db, companyId, [{ rule: "one" }]);
    const ids = (await findingsOf(db, companyId)).map(({ id }) => id);
    await accept(ids);
    const { importId } = await importLines(db, companyId, []);
    clock.advance({ days: 30 });
    await expireRiskAcceptances(db);
    await undoImport(db, { id: importId });
    expect(await findingsOf(db, companyId)).toMatchObject([{ status: "open", riskAcceptanceId: null }]);
    expect(await expireRiskAcceptances(db)).toEqual({ expired: 0, opened: 0 });
    await expectTrueCounts(db, companyId);
  });

  test("end at the severity that was accepted", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    await importLines(db, companyId, [{ rule: "grows", severity: "low" }]);
    await accept((await findingsOf(db, companyId)).map(({ id }) => id));
    await importLines(db, companyId, [{ rule: "grows", severity: "info" }]);
    expect(await findingsOf(db, companyId)).toMatchObject([{ status: "accepted" }]);
    await importLines(db, companyId, [{ rule: "grows", severity: "high" }]);
    expect(await findingsOf(db, companyId)).toMatchObject([{ status: "open" }]);
  });
});
