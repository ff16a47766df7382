import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { findingStatuses, type FindingStatus } from "../../../src/schema/surface/finding-words.ts";
import { decisionActions, type DecisionAction } from "../../../src/surface/deciding/transitions.ts";
import { decideFindings, expireRiskAcceptances } from "../../../src/surface/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeAsset, makeFinding } from "../../support/surface/findings.ts";
import { randomFrom } from "../../support/random.ts";
import { importLines } from "../support/reports.ts";
import { findingsOf, historyOf, inDays, linesOfStates, makeStated, type Stated, statesOf } from "../support/stated.ts";

const reason = "Somebody has looked.";

type Decision = Parameters<typeof decideFindings>[1];

async function decide(db: Database, { ids }: Stated, action: DecisionAction) {
  const until = action === "accept-risk" ? inDays(db, 60) : undefined;
  return decideFindings(db, { ids: Object.values(ids), action, reason, until });
}

/** What happens to a finding of each state, in the words of the table of states. */
const events: Readonly<Record<string, (db: Database, stated: Stated) => Promise<unknown>>> = {
  seen: (db, { companyId }) => importLines(db, companyId, linesOfStates()),
  "seen, suppressed by the tool": (db, { companyId }) => importLines(db, companyId, linesOfStates("suppressed")),
  gone: (db, { companyId }) => importLines(db, companyId, [], { close: "unheld" }),
  ...Object.fromEntries(
    decisionActions.map((action) => [action, (db: Database, stated: Stated) => decide(db, stated, action)]),
  ),
  "acceptance ends": async (db) => expireRiskAcceptances(db),
};

const table = `
event ↓ in state →           | open           | confirmed      | fixed          | resolved   | accepted       | false_positive | out_of_scope   | suppressed
seen                         | –              | –              | open           | open       | –              | –              | –              | open
seen, suppressed by the tool | suppressed     | –              | –              | suppressed | –              | –              | –              | –
gone                         | resolved       | resolved       | resolved       | –          | resolved       | –              | –              | resolved
confirm                      | confirmed      | –              | refused        | refused    | confirmed      | confirmed      | confirmed      | confirmed
accept-risk                  | accepted       | accepted       | accepted       | refused    | –              | accepted       | accepted       | accepted
false-positive               | false_positive | false_positive | false_positive | refused    | false_positive | –              | false_positive | false_positive
out-of-scope                 | out_of_scope   | out_of_scope   | out_of_scope   | refused    | out_of_scope   | out_of_scope   | –              | out_of_scope
fixed                        | fixed          | fixed          | –              | –          | fixed          | refused        | refused        | refused
reopen                       | –              | –              | open           | open       | open           | open           | open           | confirmed
acceptance ends              | –              | –              | –              | –          | open           | –              | –              | –
`;

const [heads = [], ...rows] = table
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("The table of states", () => {
  test("has every state, and everything that is tried", () => {
    expect(heads.slice(1)).toEqual(findingStatuses);
    expect(rows.map(([event]) => event)).toEqual(Object.keys(events));
  });
});

describeOnEachEngine("Deciding on findings", (context) => {
  const count = async (companyId: number, name: "finding_history" | "finding_change_sets") => {
    const query = context.db.sql.selectFrom(name).select("id").where("company_id", "=", companyId);
    return (await fetchAll(context.db, query)).length;
  };

  test.each(rows)("row of the table of states: %s", async (event = "", ...cells) => {
    const { db, clock } = context;
    const stated = await makeStated(db);
    clock.advance({ days: event === "acceptance ends" ? 31 : 1 });
    const historyBefore = await count(stated.companyId, "finding_history");
    const answer = await events[event]?.(db, stated);
    const expected = findingStatuses.map((status, at) =>
      /^(?:–|refused)$/.test(cells[at] ?? "") ? status : cells[at],
    );
    expect(await statesOf(db, stated)).toEqual(expected);
    const changed = findingStatuses.filter((status, at) => expected[at] !== status).length;
    expect(await count(stated.companyId, "finding_history")).toBe(historyBefore + changed);
    if ((decisionActions as readonly string[]).includes(event)) {
      const refused = findingStatuses.filter((_, at) => cells[at] === "refused").map((status) => stated.ids[status]);
      expect(answer).toEqual({
        changed,
        unchanged: 8 - changed - refused.length,
        refused: refused.toSorted((one, other) => one - other).map((id) => ({ id, code: "TRANSITION_REFUSED" })),
      });
    }
    await expectTrueCounts(db, stated.companyId);
  });

  test("the same again changes nothing and writes nothing", async () => {
    const { db } = context;
    const stated = await makeStated(db);
    await decide(db, stated, "false-positive");
    const before = await count(stated.companyId, "finding_change_sets");
    expect(await decide(db, stated, "false-positive")).toMatchObject({ changed: 0, unchanged: 7 });
    expect(await count(stated.companyId, "finding_change_sets")).toBe(before);
  });

  test("what was confirmed before it went is confirmed again when it is reopened", async () => {
    const { db } = context;
    const stated = await makeStated(db);
    await importLines(db, stated.companyId, [], { close: "unheld" });
    await decide(db, stated, "reopen");
    const [open, confirmed] = await statesOf(db, stated);
    expect([open, confirmed]).toEqual(["open", "confirmed"]);
    expect((await historyOf(db, stated.ids.confirmed)).at(-1)).toMatchObject({ kind: "reopened" });
  });

  test("is one change set, one row of the audit log, and a row of history for each that changes", async () => {
    const { db } = context;
    const { id: userId } = await createTestUser(db);
    const { companyId, ids } = await makeStated(db);
    const chosen = [ids.open, ids.confirmed, ids.resolved];
    await decideFindings(db, { ids: chosen, action: "false-positive", reason }, inCompany(companyId, { userId }));
    const [one] = (await historyOf(db, ids.open)).slice(-1);
    expect(one).toMatchObject({
      kind: "false-positive",
      fromStatus: "open",
      toStatus: "false_positive",
      reason,
      userId,
    });
    expect((await historyOf(db, ids.confirmed)).at(-1)?.changeSetId).toBe(one?.changeSetId);
    const audited = db.sql.selectFrom("audit_logs").selectAll().where("user_id", "=", userId);
    expect(await fetchAll(db, audited)).toMatchObject([
      { action: "findings_decided", companyId, resourceId: one?.changeSetId, description: reason },
    ]);
  });

  test("moves the dates of what becomes open, takes those of what is not, and leaves risk and reports alone", async () => {
    const { db, clock } = context;
    const { companyId, ids } = await makeStated(db);
    const find = async (status: FindingStatus) =>
      (await findingsOf(db, companyId)).find(({ id }) => id === ids[status]) as Awaited<
        ReturnType<typeof findingsOf>
      >[number];
    const [open, wrong] = [await find("open"), await find("false_positive")];
    expect(wrong).toMatchObject({ dueAt: null, statusReason: "It is false_positive." });
    clock.advance({ days: 5 });
    await decideFindings(db, { ids: [ids.open], action: "confirm", reason });
    expect(await find("open")).toMatchObject({
      status: "confirmed",
      statusReason: reason,
      openedAt: open.openedAt,
      dueAt: open.dueAt,
      changedAt: clock.now(),
    });
    await decideFindings(db, { ids: [ids.false_positive, ids.resolved], action: "reopen", reason });
    const dueAt = inDays(db, 90);
    const { risk, severity } = wrong;
    expect(await find("false_positive")).toMatchObject({ openedAt: clock.now(), dueAt, risk, severity });
    expect(await find("resolved")).toMatchObject({ openedAt: clock.now(), dueAt, resolvedAt: null });
  });

  test("names both states where one finding alone is named and refused", async () => {
    const { db } = context;
    const { ids } = await makeStated(db);
    const outcome = decideFindings(db, {
      ids: [ids.resolved, ids.resolved],
      action: "accept-risk",
      reason,
      until: inDays(db, 1),
    });
    await expect(outcome).rejects.toMatchObject({
      code: "TRANSITION_REFUSED",
      status: 409,
      message: "A finding that is resolved cannot become accepted.",
    });
  });

  describe("attack: findings of another company", () => {
    let theirs: Stated;
    let own: Stated;
    beforeAll(async () => {
      [theirs, own] = [await makeStated(context.db), await makeStated(context.db)];
    });

    test("are not there", async () => {
      const { db } = context;
      const caller = inCompany(own.companyId);
      const before = await findingsOf(db, theirs.companyId);
      for (const ids of [[theirs.ids.open], Object.values(theirs.ids)]) {
        const outcome = decideFindings(db, { ids, action: "confirm", reason }, caller);
        await expect(outcome).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
      const mixed = await decideFindings(
        db,
        { ids: [theirs.ids.open, own.ids.open, 999_999_999], action: "confirm", reason },
        caller,
      );
      expect(mixed).toEqual({
        changed: 1,
        unchanged: 0,
        refused: [
          { id: theirs.ids.open, code: "NOT_FOUND" },
          { id: 999_999_999, code: "NOT_FOUND" },
        ],
      });
      const { companyId } = theirs;
      const outcome = decideFindings(
        db,
        { filter: { companyId }, expectedCount: 8, action: "confirm", reason },
        caller,
      );
      await expect(outcome).rejects.toMatchObject({ code: "CONFLICT" });
      expect(await findingsOf(db, companyId)).toEqual(before);
    });

    test("cannot be decided on together with one's own by who reaches both", async () => {
      const ids = [theirs.ids.open, own.ids.open];
      await expect(decideFindings(context.db, { ids, action: "confirm", reason })).rejects.toMatchObject({
        issues: [{ field: "ids", message: "must be of one company" }],
      });
    });
  });

  describe("by a filter", () => {
    test("takes what matches it, if that is as many as expected", async () => {
      const { db } = context;
      const stated = await makeStated(db);
      const { companyId } = stated;
      const filter = { companyId, open: true };
      for (const [expectedCount, message] of [
        [1, "more than 1"],
        [3, "matches 2"],
      ] as const) {
        const outcome = decideFindings(db, { filter, expectedCount, action: "false-positive", reason });
        await expect(outcome).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining(message) });
      }
      expect(await statesOf(db, stated)).toEqual(findingStatuses);
      const answer = await decideFindings(db, { filter, expectedCount: 2, action: "false-positive", reason });
      expect(answer).toEqual({ changed: 2, unchanged: 0, refused: [] });
      const none = { filter: { companyId, open: true, status: "fixed" }, expectedCount: 1, reason } as const;
      await expect(decideFindings(db, { ...none, action: "confirm" })).rejects.toMatchObject({ code: "CONFLICT" });
    });

    test("asks which company, where several are within reach", async () => {
      const outcome = decideFindings(context.db, { filter: {}, expectedCount: 1, action: "confirm", reason });
      await expect(outcome).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
    });

    test("takes more than one statement changes, under one acceptance", async () => {
      const { db } = context;
      const { id: companyId } = await createTestCompany(db);
      const lines = Array.from({ length: 1001 }, (_, at) => ({ rule: "one", context: [`${at}`] }));
      await importLines(db, companyId, lines);
      const decision = { action: "accept-risk", reason, until: inDays(db, 30) } as const;
      const answer = await decideFindings(db, { filter: { companyId }, expectedCount: 1001, ...decision });
      expect(answer).toEqual({ changed: 1001, unchanged: 0, refused: [] });
      expect(await count(companyId, "finding_history")).toBe(1001);
      const acceptances = db.sql.selectFrom("risk_acceptances").select("id").where("company_id", "=", companyId);
      expect(await fetchAll(db, acceptances)).toHaveLength(1);
      await expectTrueCounts(db, companyId);
    });
  });

  test.each<[string, Partial<NonNullable<Decision>>, string]>([
    ["neither findings nor a filter", { ids: undefined }, "ids"],
    ["both", { filter: {}, expectedCount: 1 }, "ids"],
    ["a count beside findings", { expectedCount: 1 }, "expectedCount"],
    ["a filter without a count", { ids: undefined, filter: {} }, "expectedCount"],
    ["more than 500", { ids: Array.from({ length: 501 }, (_, at) => at + 1) }, "ids"],
    ["none", { ids: [] }, "ids"],
    ["more than one transaction takes", { ids: undefined, filter: {}, expectedCount: 20_001 }, "expectedCount"],
    ["a reason of blanks", { reason: " " }, "reason"],
    ["an acceptance's end for another action", { until: new Date() }, "until"],
    ["an owner for another action", { ownerUserId: 1 }, "ownerUserId"],
    ["a severity for another action", { maxSeverity: "low" }, "maxSeverity"],
    ["a compensation for another action", { compensation: "A wall." }, "compensation"],
    ["an acceptance without an end", { action: "accept-risk" }, "until"],
  ])("refuses %s", async (_, more, field) => {
    const outcome = decideFindings(context.db, { ids: [1], action: "confirm", reason, ...more });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", issues: [{ field }] });
  });

  test("two at once take turns: the second decides on what the first has left", async () => {
    const { db } = context;
    const { companyId, ids } = await makeStated(db);
    const other = await context.openAnother();
    const both = [ids.open, ids.confirmed];
    await Promise.all([
      decideFindings(db, { ids: both, action: "fixed", reason }),
      decideFindings(other, { ids: both.toReversed(), action: "out-of-scope", reason }),
    ]);
    for (const id of both) {
      const [first, second] = (await historyOf(db, id)).slice(-2);
      // What is out of scope cannot be fixed, so that one of the orders ends after a step.
      if (second?.toStatus === "out_of_scope" && first?.toStatus === "fixed") expect(second.fromStatus).toBe("fixed");
      const finding = (await findingsOf(db, companyId)).find((one) => one.id === id);
      expect(finding?.status).toBe("out_of_scope");
    }
    await expectTrueCounts(db, companyId);
  });

  test("against an import: whichever is first, the decision stands", async () => {
    const { db } = context;
    const stated = await makeStated(db);
    const other = await context.openAnother();
    const { open, confirmed } = stated.ids;
    context.clock.advance({ minutes: 1 });
    const [decided] = await Promise.all([
      decideFindings(db, { ids: [open, confirmed], action: "false-positive", reason }),
      importLines(other, stated.companyId, [], { close: "unheld" }),
    ]);
    const [one, two] = await statesOf(db, stated);
    const expected = decided.changed === 2 ? "false_positive" : "resolved";
    expect([one, two]).toEqual([expected, expected]);
    await expectTrueCounts(db, stated.companyId);
  });

  test("counts stay what can be counted, whatever is decided in whatever order", async () => {
    const { db, clock } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id: assetId } = await makeAsset(db, { companyId });
    const made: number[] = [];
    for (const severity of ["critical", "high", "low", "info", "medium", "high"] as const) {
      made.push((await makeFinding(db, { companyId, severity, knownExploited: severity === "high", assetId })).id);
    }
    const random = randomFrom(11);
    for (let step = 0; step < 25; step += 1) {
      const action = random.pick(decisionActions);
      const ids = made.filter(() => random.below(2) === 0);
      const until = action === "accept-risk" ? inDays(db, 1 + random.below(3)) : undefined;
      if (ids.length > 1) await decideFindings(db, { ids, action, reason, until });
      clock.advance({ hours: random.below(30) });
      if (random.below(3) === 0) await expireRiskAcceptances(db);
      await expectTrueCounts(db, companyId);
    }
  });

  test("is told whose it was by the actor alone", async () => {
    const { db } = context;
    const { id: userId } = await createTestUser(db);
    const { ids } = await makeStated(db);
    await decideFindings(db, { ids: [ids.open], action: "confirm", reason }, on({ userId }));
    expect((await historyOf(db, ids.open)).at(-1)).toMatchObject({ userId, cause: "decision" });
  });
});
