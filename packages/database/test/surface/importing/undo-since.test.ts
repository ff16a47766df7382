import { expect, test } from "vitest";
import { after, day, hour } from "../../../src/database/durations.ts";
import { fetchAll, fetchFirst } from "../../../src/database/statement.ts";
import {
  decideFindings,
  importReport,
  revokeRiskAcceptance,
  setSlaPolicy,
  undoImport,
  updateAsset,
} from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { forgetFeeds, loadEpss, loadKev } from "../support/feeds.ts";
import { importLines, type Line, makeCompany, reportOf } from "../support/reports.ts";
import { findingsOf, historyOf, inDays } from "../support/stated.ts";

const cve = "CVE-2026-0001";
const reason = "It was looked at.";

describeOnEachEngine("Undo, of what others have seen or changed since,", (context) => {
  /** A company, and reports of one finding: `seen` shows it, `[]` looked and found nothing. */
  async function withSeries() {
    const { db } = context;
    await forgetFeeds(db);
    const companyId = await makeCompany(db);
    const report = async (series: string, lines: readonly Line[], more: object = {}) =>
      (await importLines(db, companyId, lines, { series, ...more })).importId;
    const states = async () => (await findingsOf(db, companyId)).map(({ status }) => status);
    const only = async () => {
      const [finding] = await findingsOf(db, companyId);
      return finding as NonNullable<typeof finding>;
    };
    return { db, companyId, report, states, only };
  }
  const seen: readonly Line[] = [{ rule: "one", severity: "low", ids: [cve] }];

  test("leaves open what it brought back and another series saw then, until that is taken back as well", async () => {
    const { db, companyId, report, states } = await withSeries();
    await report("first", seen);
    await report("first", []);
    const back = await report("first", seen);
    const other = await report("second", seen);
    expect(await undoImport(db, { id: back })).toMatchObject({ restored: 0 });
    expect(await states()).toEqual(["open"]);
    expect(await undoImport(db, { id: other })).toMatchObject({ restored: 1 });
    expect(await states()).toEqual(["resolved"]);
    await expectTrueCounts(db, companyId);
  });

  test("resolves what only its own sight kept open when another series lost it, and opens it when that is taken back", async () => {
    const { db, companyId, report, states, only } = await withSeries();
    await report("first", seen);
    const { id, openedAt, dueAt } = await only();
    const own = await report("second", seen);
    const lost = await report("first", []);
    expect(await states()).toEqual(["open"]);
    expect(await undoImport(db, { id: own })).toMatchObject({ restored: 1 });
    expect(await states()).toEqual(["resolved"]);
    expect(await undoImport(db, { id: lost })).toMatchObject({ restored: 1 });
    expect(await only()).toMatchObject({ status: "open", openedAt, dueAt });
    expect((await historyOf(db, id)).map(({ kind }) => kind)).toEqual(["restored", "restored"]);
    await expectTrueCounts(db, companyId);
  });

  test("opens what another series resolved, since it no longer saw the last place that was left", async () => {
    const { db, companyId, report, states } = await withSeries();
    await report("first", seen);
    await report("second", seen);
    const own = await report("first", []);
    await report("second", []);
    expect(await states()).toEqual(["resolved"]);
    await undoImport(db, { id: own });
    expect(await states()).toEqual(["open"]);
    await expectTrueCounts(db, companyId);
  });

  test("gives back what was accepted, where only its own report said that it had grown", async () => {
    const { db, companyId, report, only } = await withSeries();
    await report("first", seen);
    await decideFindings(db, { ids: [(await only()).id], action: "accept-risk", reason, until: inDays(db, 30) });
    const grown = await report("first", [{ ...seen[0], rule: "one", severity: "high" }]);
    await report("second", seen);
    expect(await only()).toMatchObject({ status: "open", severity: "low" });
    await undoImport(db, { id: grown });
    expect(await only()).toMatchObject({ status: "accepted", statusReason: reason, dueAt: null });
    await expectTrueCounts(db, companyId);
  });

  test("takes away what it opened and rated anew in its next slice", async () => {
    const { db, report, states } = await withSeries();
    const lines = ["low", "high"].map((severity) => ({ rule: "one", severity }));
    const own = await report("first", lines, { sliceRecords: 1 });
    expect(await undoImport(db, { id: own })).toMatchObject({ withdrawn: 1, restored: 0, kept: 0 });
    expect(await states()).toEqual([]);
  });

  test("gives back what the tool of another series suppressed since, though that one no longer sees it", async () => {
    const { db, companyId, report, states } = await withSeries();
    await report("first", seen);
    const own = await report("first", []);
    await report("second", [{ ...seen[0], rule: "one", state: "suppressed" }]);
    await report("second", []);
    expect(await states()).toEqual(["resolved"]);
    await undoImport(db, { id: own });
    expect(await states()).toEqual(["suppressed"]);
    await expectTrueCounts(db, companyId);
  });

  test("keeps what a person decided before the next series saw it, also when that is taken back", async () => {
    const { db, report, states, only } = await withSeries();
    const first = await report("first", seen);
    await decideFindings(db, { ids: [(await only()).id], action: "false-positive", reason });
    const second = await report("second", seen);
    expect(await undoImport(db, { id: first })).toMatchObject({ withdrawn: 0, kept: 1 });
    expect(await undoImport(db, { id: second })).toMatchObject({ withdrawn: 0 });
    expect(await states()).toEqual(["false_positive"]);
  });

  test("gives texts back that it changed, though a person had decided before it", async () => {
    const { db, report, only } = await withSeries();
    const titled = (title: string) => [{ ...seen[0], rule: "one", title }];
    await report("first", titled("Old"));
    await decideFindings(db, { ids: [(await only()).id], action: "confirm", reason });
    context.clock.advance({ seconds: 1 });
    const own = await report("first", titled("New"));
    expect(await only()).toMatchObject({ title: "New" });
    expect(await undoImport(db, { id: own })).toMatchObject({ kept: 0 });
    expect(await only()).toMatchObject({ title: "Old", status: "confirmed" });
  });

  test("leaves the name that a finding has where another one goes by its old one since", async () => {
    const { db, companyId, report } = await withSeries();
    const named = (part: string, more: object = {}) => [{ rule: "one", context: [part], ...more }];
    const keys = async () => (await findingsOf(db, companyId)).map(({ contextKey }) => contextKey);
    await report("first", named("old", { id: "fingerprint" }));
    const own = await report("first", named("new", { id: "fingerprint" }));
    await report("second", named("old"));
    const before = await keys();
    expect(before).toHaveLength(2);
    await undoImport(db, { id: own });
    expect(await keys()).toEqual(before);
  });

  test("gives a claim back that was made before, which reports since then disprove", async () => {
    const { db, report, states, only } = await withSeries();
    await report("first", seen);
    await decideFindings(db, { ids: [(await only()).id], action: "fixed", reason });
    context.clock.advance({ hours: 1 });
    const own = await report("first", seen);
    expect(await states()).toEqual(["open"]);
    context.clock.advance({ hours: 2 });
    await undoImport(db, { id: own });
    expect(await states()).toEqual(["fixed"]);
    await report("first", seen, { scannedAt: after(context.clock.now(), -hour) });
    expect(await states()).toEqual(["open"]);
  });

  test("takes the evidence along of what it brought back", async () => {
    const { db, companyId } = await withSeries();
    const line = JSON.stringify({
      "template-id": "git-config",
      info: { name: "Git configuration", severity: "medium" },
      "matched-at": "https://shop.example.org/.git/config",
      request: "GET /.git/config HTTP/1.1",
    });
    const report = (text: string) =>
      importReport(db, { companyId, format: "nuclei", complete: true, source: reportOf(text) });
    const evidence = async () =>
      fetchAll(db, db.sql.selectFrom("finding_evidence").selectAll().where("company_id", "=", companyId));
    await report(line);
    await report("");
    const before = await evidence();
    expect(before).toHaveLength(1);
    const { importId } = await report(line);
    expect(await evidence()).toHaveLength(2);
    await undoImport(db, { id: importId });
    expect(await evidence()).toEqual(before);
  });

  test("gives risk and due date as the feeds of today say, whichever state was changed", async () => {
    const { db, companyId, report, only } = await withSeries();
    await report("first", seen);
    const closed = await report("first", []);
    await loadEpss(db, { [cve]: 0.5 });
    await loadKev(db, [cve]);
    await undoImport(db, { id: closed });
    const { openedAt, ...finding } = await only();
    const dueAt = after(openedAt, 30 * day);
    expect(finding).toMatchObject({ status: "open", knownExploited: true, epss: 0.5, risk: 200 + 250 + 50, dueAt });
    const grown = await report("first", [{ ...seen[0], rule: "one", severity: "critical" }]);
    await loadKev(db, ["CVE-2026-0002"], { day: "2026-02-21" });
    await undoImport(db, { id: grown });
    expect(await only()).toMatchObject({ severity: "low", knownExploited: false, risk: 200 + 50 });
    expect((await only()).dueAt).toEqual(after(openedAt, 180 * day));
    await expectTrueCounts(db, companyId);
  });

  test("gives due dates as the policy of today says, and risk as its asset matters", async () => {
    const { db, companyId, report, only } = await withSeries();
    await report("first", seen);
    const grown = await report("first", [{ ...seen[0], rule: "one", severity: "critical" }]);
    const { assetId, openedAt } = await only();
    await setSlaPolicy(db, { companyId, policies: [{ severity: "low", days: 20, exploitedDays: null }] });
    await updateAsset(db, { id: assetId, criticality: 4 });
    await undoImport(db, { id: grown });
    expect(await only()).toMatchObject({ severity: "low", risk: 250, dueAt: after(openedAt, 20 * day) });
  });

  test("puts what is back on an asset that is ignored since out of scope, as long as it is", async () => {
    const { db, companyId, report, states, only } = await withSeries();
    await report("first", seen);
    const closed = await report("first", []);
    const { assetId: id } = await only();
    await updateAsset(db, { id, status: "ignored", reason });
    await undoImport(db, { id: closed });
    expect(await states()).toEqual(["out_of_scope"]);
    await updateAsset(db, { id, status: "active", reason });
    expect(await states()).toEqual(["open"]);
    await expectTrueCounts(db, companyId);
  });

  test("opens at once what was accepted until it was revoked", async () => {
    const { db, companyId, report, only } = await withSeries();
    await report("first", seen);
    const { id } = await only();
    await decideFindings(db, { ids: [id], action: "accept-risk", reason, until: inDays(db, 30) });
    const closed = await report("first", []);
    const acceptance = db.sql.selectFrom("risk_acceptances").select("id").where("company_id", "=", companyId);
    await revokeRiskAcceptance(db, { id: (await fetchFirst(db, acceptance))?.id as number });
    await undoImport(db, { id: closed });
    const openedAt = db.clock.now();
    const dueAt = after(openedAt, 180 * day);
    expect(await only()).toMatchObject({ status: "open", riskAcceptanceId: null, openedAt, dueAt });
    expect((await historyOf(db, id)).at(-1)).toMatchObject({ kind: "acceptance-ended", cause: "expiry" });
    await expectTrueCounts(db, companyId);
  });
});
