import { describe, expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { severities } from "../../../src/schema/surface/assets.ts";
import { findings } from "../../../src/schema/surface/findings.ts";
import { findingStatuses } from "../../../src/schema/surface/finding-words.ts";
import type { ChangeReason, FindingChange, FindingChangeSet } from "../../../src/surface/changes/finding-change.ts";
import { holdFindings } from "../../../src/surface/changes/hold-findings.ts";
import { recordChanges } from "../../../src/surface/changes/record-changes.ts";
import { findingChangeHandlers } from "../../../src/surface/consequences.ts";
import { riskOf } from "../../../src/surface/deciding/risk-of.ts";
import { isOpen } from "../../../src/surface/deciding/statuses.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeAcceptance, makeAsset, makeFinding, makeRule } from "../../support/surface/findings.ts";
import { type Random, randomFrom } from "../../support/random.ts";

type Finding = Awaited<ReturnType<typeof makeFinding>>;

const stateOf = ({ status, severity, knownExploited }: Finding) => ({ status, severity, exploited: knownExploited });

function changeOf(finding: Finding, change: Partial<FindingChange> = {}): FindingChange {
  const { id: findingId, assetId, ruleId, source } = finding;
  const state = stateOf(finding);
  return { findingId, assetId, ruleId, source, kind: "confirmed", from: state, to: state, reason: null, ...change };
}

function reasonFor(db: Handle, companyId: number): ChangeReason {
  return { companyId, cause: "decision", importId: null, actor: { userId: null }, at: db.clock.now() };
}

async function historyOf(db: Handle, changeSetId: number | null) {
  const query = db.sql
    .selectFrom("finding_history")
    .select(["company_id", "finding_id", "kind", "from_status", "to_status", "from_severity", "to_severity", "reason"])
    .select(["changes", "at"])
    .where("change_set_id", "=", changeSetId ?? 0)
    .orderBy("id");
  return fetchAll(db, query);
}

async function setsOf(db: Handle, companyId: number) {
  const query = db.sql.selectFrom("finding_change_sets").select(["id", "cause", "at", "counts"]);
  return fetchAll(db, query.where("company_id", "=", companyId).orderBy("id"));
}

/** Lets a function follow from changes while something is done. */
async function whileFollowing<T>(follow: (set: FindingChangeSet) => void, work: () => Promise<T>): Promise<T> {
  const handlers = findingChangeHandlers as ((tx: Handle, set: FindingChangeSet) => Promise<void>)[];
  handlers.push(async (_tx, set) => follow(set));
  try {
    return await work();
  } finally {
    handlers.pop();
  }
}

/** Changes some of the findings at random, as they are from then on. */
async function changeSome(db: Handle, companyId: number, made: Finding[], random: Random): Promise<void> {
  const { id: riskAcceptanceId } = await makeAcceptance(db, { companyId });
  await transaction(db, async (tx) => {
    const changes: FindingChange[] = [];
    for (const [index, finding] of made.entries()) {
      if (random.below(2) === 0) continue;
      const [status, severity] = [random.pick(findingStatuses), random.pick(severities)];
      const exploited = random.below(2) === 0;
      const changed = await changeRow(tx, findings, finding.id, {
        status,
        severity,
        knownExploited: exploited,
        riskAcceptanceId,
        isOpen: isOpen(status),
        risk: riskOf({ severity, exploited, epss: null, criticality: random.below(5) }),
        resolvedAt: status === "resolved" ? db.clock.now() : null,
      });
      changes.push(changeOf(finding, { to: stateOf(changed) }));
      made[index] = changed;
    }
    await recordChanges(tx, reasonFor(db, companyId), changes);
  });
}

describeOnEachEngine("Recording changes of findings", (context) => {
  test("no change writes nothing", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    expect(await transaction(db, (tx) => recordChanges(tx, reasonFor(db, companyId), []))).toBeNull();
    expect(await setsOf(db, companyId)).toEqual([]);
  });

  test("a set tells how many changed in which way, and each finding's history how", async () => {
    const { db, clock } = context;
    const { id: companyId } = await createTestCompany(db);
    const [one, other] = [await makeFinding(db, { companyId }), await makeFinding(db, { companyId })];
    const to = { status: "open", severity: "high", exploited: true } as const;
    const changes = [
      changeOf(one, { reason: "seen by hand", to: { ...stateOf(one), status: "confirmed" } }),
      changeOf(other, { kind: "rescored", to, fields: { epss: { old: null, new: 0.5 } } }),
    ];
    const id = await transaction(db, (tx) => recordChanges(tx, reasonFor(db, companyId), changes));
    const last = (await setsOf(db, companyId)).at(-1);
    expect(last).toEqual({ id, cause: "decision", at: clock.now(), counts: { confirmed: 1, rescored: 1 } });
    const common = { companyId, fromStatus: "open", fromSeverity: "medium", at: clock.now() };
    expect(await historyOf(db, id)).toEqual([
      {
        ...common,
        findingId: one.id,
        kind: "confirmed",
        toStatus: "confirmed",
        toSeverity: "medium",
        reason: "seen by hand",
        changes: null,
      },
      {
        ...common,
        findingId: other.id,
        kind: "rescored",
        toStatus: "open",
        toSeverity: "high",
        reason: null,
        changes: { epss: { old: null, new: 0.5 }, knownExploited: { old: false, new: true } },
      },
    ]);
  });

  test("an opening has history where it was no import, and what is gone has none", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const finding = await makeFinding(db, { companyId });
    const [{ id: opened } = { id: 0 }] = await setsOf(db, companyId);
    expect(await historyOf(db, opened)).toEqual([]);
    const record = (change: Partial<FindingChange>) =>
      transaction(db, (tx) => recordChanges(tx, reasonFor(db, companyId), [changeOf(finding, change)]));
    expect(await historyOf(db, await record({ kind: "withdrawn", to: null }))).toEqual([]);
    expect(await historyOf(db, await record({ kind: "opened", from: null }))).toMatchObject([{ kind: "opened" }]);
  });

  test("more changes than a set may have make several", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const change = changeOf(await makeFinding(db, { companyId }), { kind: "assigned" });
    const seen: number[] = [];
    const changes = Array.from({ length: 5001 }, () => change);
    const id = await whileFollowing(
      (set) => void seen.push(set.id, set.changes.length),
      () => transaction(db, (tx) => recordChanges(tx, reasonFor(db, companyId), changes)),
    );
    const sets = (await setsOf(db, companyId)).slice(1);
    expect(sets.map(({ counts }) => counts)).toEqual([{ assigned: 5000 }, { assigned: 1 }]);
    expect(seen).toEqual([sets[0]?.id, 5000, sets[1]?.id, 1]);
    expect(id).toBe(sets[0]?.id);
  });

  test("what follows from changes takes them back when it fails", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const finding = await makeFinding(db, { companyId });
    const before = await setsOf(db, companyId);
    const change = changeOf(finding, { to: { ...stateOf(finding), status: "confirmed" } });
    const failure = new Error("a consequence failed");
    const failing = whileFollowing(
      () => {
        throw failure;
      },
      () => transaction(db, (tx) => recordChanges(tx, reasonFor(db, companyId), [change])),
    );
    await expect(failing).rejects.toBe(failure);
    expect(await setsOf(db, companyId)).toEqual(before);
    await expectTrueCounts(db, companyId);
  });

  test("two who change a company's findings do so one after the other", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const steps: string[] = [];
    const change = () =>
      transaction(db, async (tx) => {
        await holdFindings(tx, companyId);
        steps.push("begins");
        await setsOf(tx, companyId);
        steps.push("ends");
      });
    await Promise.all([change(), change(), change()]);
    expect(steps).toEqual(["begins", "ends", "begins", "ends", "begins", "ends"]);
  });

  describe("counts", () => {
    test("without the last of its kind have no row, and the worst of its asset is looked for again", async () => {
      const { db } = context;
      const { id: companyId } = await createTestCompany(db);
      const { id: assetId } = await makeAsset(db, { companyId });
      await makeFinding(db, { companyId, assetId, severity: "low", knownExploited: true, epss: 1 });
      const worst = await makeFinding(db, { companyId, assetId, severity: "medium", risk: 350 });
      await expectTrueCounts(db, companyId);
      await transaction(db, async (tx) => {
        await changeRow(tx, findings, worst.id, { status: "fixed", isOpen: false });
        const to = { ...stateOf(worst), status: "fixed" } as const;
        await recordChanges(tx, reasonFor(db, companyId), [changeOf(worst, { kind: "fixed", to })]);
      });
      await expectTrueCounts(db, companyId);
    });

    test("stay true through random changes", async () => {
      const { db } = context;
      const { id: companyId } = await createTestCompany(db);
      const random = randomFrom(7);
      const assets = [await makeAsset(db, { companyId }), await makeAsset(db, { companyId })];
      const rules = [await makeRule(db, { companyId }), await makeRule(db, { companyId })];
      const made: Finding[] = [];
      for (let index = 0; index < 12; index += 1) {
        const [assetId, ruleId] = [random.pick(assets).id, random.pick(rules).id];
        made.push(await makeFinding(db, { companyId, assetId, ruleId, severity: random.pick(severities) }));
      }
      for (let round = 0; round < 5; round += 1) {
        await changeSome(db, companyId, made, random);
        await expectTrueCounts(db, companyId);
      }
    });
  });
});
