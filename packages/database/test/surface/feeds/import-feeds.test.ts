import { beforeEach, describe, expect, test, vi } from "vitest";

import { after, day } from "../../../src/database/durations.ts";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll, fetchFirst } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { insertMany } from "../../../src/rows/insert-many.ts";
import { assets } from "../../../src/schema/surface/assets.ts";
import { findingCves } from "../../../src/schema/surface/findings.ts";
import { holdFindings } from "../../../src/surface/changes/hold-findings.ts";
import { importEpss, importKev, ReportError } from "../../../src/surface/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeFinding } from "../../support/surface/findings.ts";
import { forgetFeeds, epssOf, kevOf, loadEpss, loadKev } from "../support/feeds.ts";
import { importLines, makeCompany, reportOf } from "../support/reports.ts";

const [cve, otherCve] = ["CVE-2026-10001", "CVE-2014-0160"] as const;

describeOnEachEngine("Importing a feed", (context) => {
  beforeEach(() => forgetFeeds(context.db));

  /** Makes a finding that is known by numbers of the CVE list. */
  const makeKnown = async (
    companyId: number,
    cves: readonly string[],
    given: Partial<Parameters<typeof makeFinding>[1]> = {},
    db: Handle = context.db,
  ) => {
    const finding = await makeFinding(db, { companyId, ...given });
    const rows = cves.map((one) => ({ companyId, findingId: finding.id, cve: one }));
    await transaction(db, (tx) => insertMany(tx, findingCves, rows));
    return finding;
  };
  const read = async (id: number) => {
    const query = context.db.sql
      .selectFrom("findings")
      .select(["known_exploited", "epss", "risk", "due_at", "changed_at"])
      .where("id", "=", id);
    return fetchFirst(context.db, query);
  };
  const historyOf = (findingId: number) =>
    fetchAll(
      context.db,
      context.db.sql
        .selectFrom("finding_history")
        .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
        .select(["finding_history.kind", "finding_history.changes", "finding_change_sets.cause"])
        .select(["finding_change_sets.company_id", "finding_change_sets.user_id"])
        .where("finding_id", "=", findingId)
        .orderBy("finding_history.id"),
    );
  const storedScores = async () => {
    const rows = await fetchAll(context.db, context.db.sql.selectFrom("epss_scores").select(["id", "score"]));
    return Object.fromEntries(rows.map(({ id, score }) => [id, score]));
  };
  const refusalOf = async (work: () => Promise<unknown>) => {
    const error: unknown = await work().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReportError);
    return (error as ReportError).code;
  };

  test("counts what is new, what differs and what is gone", async () => {
    const { db, clock } = context;
    expect(await loadEpss(db, { [cve]: 0.1, [otherCve]: 0.2 })).toEqual({
      rows: 2,
      added: 2,
      changed: 0,
      removed: 0,
      findings: 0,
      exploited: 0,
    });
    const second = { [cve]: 0.1, "CVE-2026-10002": 0.3, "CVE-2026-10003": 0.4 };
    expect(await loadEpss(db, second, { day: "2026-02-21" })).toMatchObject({
      rows: 3,
      added: 2,
      changed: 0,
      removed: 1,
    });
    expect(await loadEpss(db, { ...second, [cve]: 0.9 }, { day: "2026-02-21" })).toMatchObject({
      added: 0,
      changed: 1,
    });
    expect(await storedScores()).toEqual({ ...second, [cve]: 0.9 });
    const feed = await fetchFirst(db, db.sql.selectFrom("feeds").selectAll());
    expect(feed).toMatchObject({
      id: "epss",
      edition: "v1",
      datedAt: new Date("2026-02-21T00:00:00Z"),
      loadedAt: clock.now(),
      rows: 3,
    });
  });

  test("tells the audit log, and nobody's company", async () => {
    const { db } = context;
    const { id: userId } = await createTestUser(db, { role: "super_admin" });
    await importKev(db, { source: reportOf(kevOf([cve])) }, on({ userId }));
    const query = db.sql.selectFrom("audit_logs").select(["company_id", "metadata_json"]);
    expect(await fetchAll(db, query.where("user_id", "=", userId).where("action", "=", "feed_imported"))).toEqual([
      {
        companyId: null,
        metadataJson: { feed: "kev", edition: "2026-02-20", rows: 1, added: 1, changed: 0, removed: 0 },
      },
    ]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "that is older",
      () => loadEpss(context.db, { [cve]: 0.5, [otherCve]: 0.5 }, { day: "2026-02-19" }),
      "REPORT_OUT_OF_DATE",
    ],
    [
      "that is older, though it is forced",
      () => loadEpss(context.db, { [cve]: 0.5, [otherCve]: 0.5 }, { day: "2026-02-19", force: true }),
      "REPORT_OUT_OF_DATE",
    ],
    ["of fewer than half the rows", () => loadEpss(context.db, { [cve]: 0.5 }), "REPORT_MALFORMED"],
    [
      "with one wrong row",
      () => importEpss(context.db, { source: reportOf(`${epssOf({ [cve]: 0.5, [otherCve]: 0.5 })}oops`) }),
      "REPORT_MALFORMED",
    ],
  ])("refuses a file %s, and keeps what is there", async (_what, load, code) => {
    const loaded = { [cve]: 0.1, [otherCve]: 0.2, "CVE-2026-10002": 0.3 };
    await loadEpss(context.db, loaded);
    expect(await refusalOf(load)).toBe(code);
    expect(await storedScores()).toEqual(loaded);
  });

  test("takes fewer rows where it is forced, half of them without, and a day that is to come as today", async () => {
    const { db } = context;
    await loadEpss(db, { [cve]: 0.1, [otherCve]: 0.2, "CVE-2026-10002": 0.3 });
    expect(await loadEpss(db, { [cve]: 0.5 }, { force: true, day: "2099-01-01" })).toMatchObject({ removed: 2 });
    expect(await loadEpss(db, { [otherCve]: 0.5 }, { day: "2026-03-02" })).toMatchObject({ added: 1, removed: 1 });
  });

  describe("of scores", () => {
    test("lets findings follow, of every company, open or not", async () => {
      const { db, clock } = context;
      const [one, other] = [await makeCompany(db), await makeCompany(db)];
      const finding = await makeKnown(one, [cve, otherCve]);
      const closed = await makeKnown(other, [cve], { status: "resolved" });
      const unknown = await makeKnown(other, ["CVE-1999-0001"]);
      const { id: userId } = await createTestUser(db, { role: "super_admin" });
      clock.advance({ hours: 1 });
      const source = reportOf(epssOf({ [cve]: 0.25, [otherCve]: 0.75 }));
      expect(await importEpss(db, { source }, on({ userId }))).toMatchObject({ findings: 2, exploited: 0 });
      expect(await read(finding.id)).toMatchObject({ epss: 0.75, risk: 475, changedAt: finding.changedAt });
      expect(await read(closed.id)).toMatchObject({ epss: 0.25, risk: 425, dueAt: null });
      expect(await read(unknown.id)).toMatchObject({ epss: null, risk: 400 });
      expect(await historyOf(finding.id)).toEqual([
        {
          kind: "rescored",
          cause: "feed",
          companyId: one,
          userId,
          changes: { epss: { old: null, new: 0.75 }, risk: { old: 400, new: 475 } },
        },
      ]);
      expect(await historyOf(unknown.id)).toEqual([]);
      await expectTrueCounts(db, one);
      await expectTrueCounts(db, other);
    });

    test("counts how critical the asset is", async () => {
      const { db } = context;
      const finding = await makeKnown(await makeCompany(db), [cve]);
      await transaction(db, (tx) => changeRow(tx, assets, finding.assetId, { criticality: 4 }));
      await loadEpss(db, { [cve]: 0.5 });
      expect(await read(finding.id)).toMatchObject({ risk: 400 + 50 + 50 });
    });

    test("changes nothing by less than 0.01, and adds up what is less", async () => {
      const { db } = context;
      const finding = await makeKnown(await makeCompany(db), [cve]);
      await loadEpss(db, { [cve]: 0.02 });
      expect(await loadEpss(db, { [cve]: 0.0299 })).toMatchObject({ changed: 1, findings: 0 });
      expect(await read(finding.id)).toMatchObject({ epss: 0.02 });
      expect(await loadEpss(db, { [cve]: 0.03 })).toMatchObject({ changed: 1, findings: 1 });
      expect(await loadEpss(db, { [cve]: 0.03 })).toMatchObject({ changed: 0, findings: 0 });
      expect(await historyOf(finding.id)).toHaveLength(2);
    });

    test("takes a score away with its row", async () => {
      const { db } = context;
      const finding = await makeKnown(await makeCompany(db), [cve]);
      await loadEpss(db, { [cve]: 0.5, [otherCve]: 0.5 });
      expect(await loadEpss(db, { [otherCve]: 0.5 })).toMatchObject({ removed: 1, findings: 1 });
      expect(await read(finding.id)).toMatchObject({ epss: null, risk: 400 });
    });

    test("is what an import reads for new findings", async () => {
      const { db } = context;
      const companyId = await makeCompany(db);
      await loadEpss(db, { [cve]: 0.5 });
      await loadKev(db, [cve]);
      await importLines(db, companyId, [{ rule: cve, severity: "low" }]);
      const query = db.sql.selectFrom("findings").select(["epss", "risk", "known_exploited"]);
      expect(await fetchAll(db, query.where("company_id", "=", companyId))).toEqual([
        { epss: 0.5, risk: 500, knownExploited: true },
      ]);
      expect(await loadEpss(db, { [cve]: 0.5 })).toMatchObject({ findings: 0 });
    });

    test("finds what an import makes meanwhile that has read the scores before", async () => {
      const { db, engine } = context;
      const companyId = await makeCompany(db);
      const [isHeld, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const importing = transaction(db, async (tx) => {
        await holdFindings(tx, companyId);
        isHeld.resolve();
        await mayEnd.promise;
        return makeKnown(companyId, [cve], {}, tx);
      });
      await isHeld.promise;
      const loading = loadEpss(db, { [cve]: 0.5 });
      // On SQLite nothing is written before the import has ended.
      if (engine === "postgres") await vi.waitFor(async () => expect(await storedScores()).toEqual({ [cve]: 0.5 }));
      mayEnd.resolve();
      expect(await loading).toMatchObject({ findings: 1 });
      expect(await read((await importing).id)).toMatchObject({ epss: 0.5 });
    });
  });

  describe("of what is exploited", () => {
    test("lets findings follow, with their due dates", async () => {
      const { db, clock } = context;
      const companyId = await makeCompany(db);
      const given = { severity: "high", dueAt: after(clock.now(), 30 * day) } as const;
      const finding = await makeKnown(companyId, [cve], given);
      clock.advance({ days: 1 });
      expect(await loadKev(db, [cve, otherCve])).toEqual({
        rows: 2,
        added: 2,
        changed: 0,
        removed: 0,
        findings: 1,
        exploited: 1,
      });
      const dueAt = after(clock.now(), 7 * day);
      expect(await read(finding.id)).toMatchObject({ knownExploited: true, risk: 850, dueAt, changedAt: clock.now() });
      expect(await historyOf(finding.id)).toMatchObject([
        {
          kind: "exploited",
          cause: "feed",
          changes: {
            knownExploited: { old: false, new: true },
            risk: { old: 600, new: 850 },
            dueAt: { old: given.dueAt.toISOString(), new: dueAt.toISOString() },
          },
        },
      ]);
      await expectTrueCounts(db, companyId);
      expect(await loadKev(db, [cve, otherCve])).toMatchObject({ findings: 0, exploited: 0 });
    });

    test("ends with the catalogue's entry, but not where another entry or only the tool says it", async () => {
      const { db, clock } = context;
      const companyId = await makeCompany(db);
      const gone = await makeKnown(companyId, [cve]);
      const both = await makeKnown(companyId, [cve, otherCve]);
      const ofTool = await makeKnown(companyId, ["CVE-1999-0001"], { knownExploited: true });
      await loadKev(db, [cve, otherCve]);
      clock.advance({ days: 2 });
      expect(await loadKev(db, [otherCve])).toMatchObject({ removed: 1, findings: 1, exploited: 0 });
      const dueAt = after(gone.openedAt, 90 * day);
      expect(await read(gone.id)).toMatchObject({ knownExploited: false, risk: 400, dueAt });
      expect(await read(both.id)).toMatchObject({ knownExploited: true });
      expect(await read(ofTool.id)).toMatchObject({ knownExploited: true });
      await expectTrueCounts(db, companyId);
    });

    test("goes by the newest row where the file has no date", async () => {
      const { db } = context;
      const load = (added: string) =>
        importKev(db, {
          source: reportOf(`cveID,dateAdded,dueDate\n${cve},${added},2026-02-22\n${otherCve},2026-01-01,\n`),
        });
      await loadKev(db, [cve, otherCve]);
      expect(await refusalOf(() => load("2026-01-31"))).toBe("REPORT_OUT_OF_DATE");
      expect(await load("2026-02-10")).toMatchObject({ rows: 2, changed: 2 });
      expect(await refusalOf(() => load("2026-02-09"))).toBe("REPORT_OUT_OF_DATE");
      expect(await loadKev(db, [cve, otherCve])).toMatchObject({ rows: 2 });
    });
  });
});
