import { beforeAll, describe, expect, test } from "vitest";
import { runQuery } from "../../../src/database/statement.ts";
import { listFindings } from "../../../src/surface/findings/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { analyze, type FilledCompany, fillCompany } from "../../support/surface/many-findings.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";

type Filter = NonNullable<Parameters<typeof listFindings>[1]>;
type Finding = FilledCompany["findings"][number];

const sorts = {
  risk: ({ risk }: Finding) => -risk,
  newest: ({ openedAt }: Finding) => -openedAt.getTime(),
  changed: ({ changedAt }: Finding) => -changedAt.getTime(),
  due: ({ dueAt }: Finding) => dueAt?.getTime() ?? Number.NaN,
} as const;

/** The ids that a list has to hold, in order. */
function expected(
  { findings }: FilledCompany,
  sort: keyof typeof sorts,
  holds: (finding: Finding) => boolean,
): number[] {
  const value = sorts[sort];
  const sign = sort === "due" ? 1 : -1;
  const wanted = findings.filter((finding) => holds(finding) && (sort !== "due" || finding.dueAt !== null));
  return wanted.toSorted((one, other) => value(one) - value(other) || sign * (one.id - other.id)).map(({ id }) => id);
}

describeOnEachEngine("listFindings", (context) => {
  let filled: FilledCompany;
  let cveIds: ReadonlySet<number>;
  let taggedIds: ReadonlySet<number>;
  const cve = "CVE-2026-1234";
  beforeAll(async () => {
    const { db } = context;
    filled = await fillCompany(db, (await createTestCompany(db)).id, 4200);
    const { companyId, findings, assets } = filled;
    const some = findings.filter((_, at) => at % 40 === 0).map(({ id }) => id);
    cveIds = new Set(some);
    const others = findings.filter((_, at) => at % 9 === 0).map(({ id }) => ({ id, cve: `CVE-2026-${10_000 + id}` }));
    const known = [...some.map((id) => ({ id, cve })), ...others];
    const rows = known.map(({ id, ...one }) => ({ company_id: companyId, finding_id: id, ...one }));
    await runQuery(db, db.sql.insertInto("finding_cves").values(rows));
    const tags = db.sql.insertInto("surface_tags").values({ id: companyId, company_id: companyId, name: "pci" });
    await runQuery(db, tags);
    const assetId = assets[3]?.id as number;
    taggedIds = new Set([
      ...some.slice(0, 5),
      ...findings.filter((one) => one.assetId === assetId).map(({ id }) => id),
    ]);
    const links = [
      ...some.slice(0, 5).map((id) => ({ company_id: companyId, tag_id: companyId, finding_id: id, asset_id: null })),
      { company_id: companyId, tag_id: companyId, finding_id: null, asset_id: assetId },
    ];
    await runQuery(db, db.sql.insertInto("surface_tag_links").values(links));
    // Findings of another company that stand at the same places.
    await fillCompany(db, (await createTestCompany(db)).id, 300);
    await analyze(db);
  });

  /** Filters, each with what it is to find. */
  function filters(): [string, Filter, (finding: Finding) => boolean][] {
    const { assets, rules, userId } = filled;
    const now = context.clock.now();
    const since = new Date(now.getTime() - 3 * 86_400_000);
    const assetId = assets[1]?.id as number;
    const ruleId = rules[2]?.id as number;
    const firstRule = rules[0]?.id as number;
    const overdue = ({ dueAt }: Finding) => dueAt !== null && dueAt < now;
    return [
      ["none", {}, () => true],
      ["open", { open: true }, ({ isOpen }) => isOpen],
      ["closed", { open: false }, ({ isOpen }) => !isOpen],
      ["status", { status: "resolved" }, ({ status }) => status === "resolved"],
      ["severity", { severity: "high", open: true }, ({ severity, isOpen }) => severity === "high" && isOpen],
      ["source", { source: "trivy", open: true }, ({ source, isOpen }) => source === "trivy" && isOpen],
      ["both", { source: "trivy", severity: "low" }, (one) => one.source === "trivy" && one.severity === "low"],
      ["asset", { assetId }, (one) => one.assetId === assetId],
      ["rule", { ruleId, open: true }, (one) => one.ruleId === ruleId && one.isOpen],
      ["assignee", { assignedTo: userId }, (one) => one.assignedToUserId === userId],
      ["asset and rule", { assetId, ruleId }, (one) => one.assetId === assetId && one.ruleId === ruleId],
      ["exploited", { exploited: true, open: true }, (one) => one.knownExploited && one.isOpen],
      ["not exploited", { exploited: false }, (one) => !one.knownExploited],
      ["overdue", { overdue: true }, overdue],
      ["not overdue", { overdue: false, open: true }, (one) => one.isOpen && !overdue(one)],
      ["opened", { openedSince: since }, ({ openedAt }) => openedAt >= since],
      ["changed", { changedSince: since, severity: "low" }, (one) => one.changedAt >= since && one.severity === "low"],
      ["CVE", { cve: cve.toLowerCase() }, ({ id }) => cveIds.has(id)],
      ["CVE searched", { search: ` ${cve} `, open: true }, ({ id, isOpen }) => cveIds.has(id) && isOpen],
      ["kind", { kind: "weak-cipher" }, (one) => one.ruleId === firstRule],
      ["tag", { tag: "PCI", severity: "info" }, ({ id, severity }) => taggedIds.has(id) && severity === "info"],
      ["words", { search: "NUMBER weak 2" }, (one) => one.ruleId === rules[2]?.id],
      ["all words", { search: "weak cipher", open: true }, ({ isOpen }) => isOpen],
      ["key", { search: rules[4]?.key.toUpperCase() }, (one) => one.ruleId === rules[4]?.id],
      ["name", { search: assets[5]?.name.slice(0, 9).toUpperCase() ?? "" }, (one) => one.assetId === assets[5]?.id],
      ["contradiction", { open: true, status: "resolved" }, () => false],
    ];
  }

  async function readAll(filter: Filter, limit: number): Promise<{ ids: number[]; pages: number }> {
    const ids: number[] = [];
    let cursor: string | undefined;
    for (let pages = 1; ; pages += 1) {
      const page = await listFindings(context.db, { ...filter, limit, cursor }, inCompany(filled.companyId));
      expect(page.items.length).toBeLessThanOrEqual(limit);
      ids.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) return { ids, pages };
      cursor = page.nextCursor;
    }
  }

  describe.each(Object.keys(sorts) as (keyof typeof sorts)[])("by %s", (sort) => {
    test("holds what each filter asks for, once and in order, over all pages", async () => {
      for (const [name, filter, holds] of filters()) {
        const wanted = expected(filled, sort, holds);
        const limit = Math.min(1000, Math.max(7, Math.ceil(wanted.length / 3)));
        const { ids } = await readAll({ ...filter, sort }, limit);
        expect(ids, name).toEqual(wanted);
      }
    });
  });

  test("looks at 2,000 findings beside the index at most, and says where it goes on", async () => {
    const first = await listFindings(context.db, { companyId: filled.companyId, exploited: true, open: true });
    expect(first.items.length).toBeLessThan(100);
    expect(first.nextCursor).not.toBeNull();
    const { pages } = await readAll({ exploited: true, open: true }, 100);
    expect(pages).toBe(Math.ceil(filled.findings.filter(({ isOpen }) => isOpen).length / 2000));
  });

  test("tells the name of the asset, and no texts", async () => {
    const { companyId, assets } = filled;
    const [finding] = (await listFindings(context.db, { companyId, limit: 1 })).items;
    expect(finding?.assetName).toBe(assets.find(({ id }) => id === finding?.assetId)?.name);
    expect(finding).not.toHaveProperty("description");
  });

  test("attack: holds nothing of another company, and says nothing of what is there", async () => {
    const { db } = context;
    const { id: elsewhere } = await createTestCompany(db);
    const caller = inCompany(elsewhere);
    const { companyId, userId, assets, rules } = filled;
    const ids = { assetId: assets[0]?.id, ruleId: rules[0]?.id, assignedTo: userId, companyId };
    const words = { cve, kind: "weak-cipher", tag: "pci", search: assets[0]?.name };
    for (const [name, value] of Object.entries({ ...ids, ...words })) {
      for (const sort of Object.keys(sorts) as (keyof typeof sorts)[]) {
        const page = await listFindings(db, { [name]: value, exploited: false, sort }, caller);
        expect(page, name).toEqual({ items: [], nextCursor: null });
      }
    }
  });

  test("holds what is assigned to somebody who reaches their own alone", async () => {
    const { db } = context;
    const { userId, findings } = filled;
    const own = findings.filter((one) => one.assignedToUserId === userId);
    for (const sort of ["risk", "newest", "changed"] as const) {
      const { items } = await listFindings(db, { sort, limit: 1000 }, onlyOwn(userId));
      expect(items.map(({ id }) => id)).toEqual(expected({ ...filled, findings: own }, sort, () => true));
    }
    const { id: nobody } = await createTestUser(db);
    for (const caller of [onlyOwn(nobody), onlyOwn((await createTestUser(db, { company_id: filled.companyId })).id)]) {
      for (const filter of [{}, { assignedTo: userId }, { companyId: filled.companyId }]) {
        expect((await listFindings(db, filter, caller)).items).toEqual([]);
      }
    }
  });

  test("asks which company, where several are within reach", async () => {
    await expect(listFindings(context.db, {})).rejects.toMatchObject({ code: "COMPANY_NEEDED", status: 409 });
  });

  test("attack: takes a hostile search as words, and finds what holds them alone", async () => {
    const caller = inCompany(filled.companyId);
    for (const search of hostileStrings) {
      const { items } = await listFindings(context.db, { search }, caller);
      expect(items.length > 0, search).toBe(search === "%" || search === "_" ? search === "%" : false);
    }
  });

  test.each(["CVE-2026", "x", "CVE-2026-12345678901234567"])("refuses %s as a CVE", async (wrong) => {
    const outcome = listFindings(context.db, { cve: wrong });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", issues: [{ field: "cve" }] });
  });

  test("refuses a search of more words than statements have, and a cursor of no list", async () => {
    const outcome = listFindings(context.db, { search: "a b c d e f g h i" });
    await expect(outcome).rejects.toMatchObject({ issues: [{ field: "search", message: "must be at most 8 words" }] });
    const { companyId } = filled;
    await expect(listFindings(context.db, { companyId, cursor: "bm8" })).rejects.toMatchObject({
      issues: [{ field: "cursor" }],
    });
  });

  /** Filters, each with the index that its list is read from. */
  function indexes(): [Filter, string][] {
    const [assetId, ruleId] = [filled.assets[0]?.id, filled.rules[0]?.id];
    return [
      [{ open: true }, "findings_company_id_is_open_risk_id_index"],
      [{}, "findings_company_id_is_open_risk_id_index"],
      [{ open: true, exploited: false }, "findings_company_id_is_open_risk_id_index"],
      [{ open: true, severity: "high" }, "findings_company_id_is_open_severity_risk_id_index"],
      [{ open: true, severity: "high", exploited: false }, "findings_company_id_is_open_severity_risk_id_index"],
      [{ open: true, source: "trivy" }, "findings_company_id_is_open_source_severity_risk_id_index"],
      [{ source: "trivy", severity: "low" }, "findings_company_id_is_open_source_severity_risk_id_index"],
      [{ open: true, assetId }, "findings_asset_id_is_open_risk_id_index"],
      [{ open: true, ruleId }, "findings_rule_id_is_open_risk_id_index"],
      [{ open: true, assignedTo: filled.userId }, "findings_assigned_to_user_id_is_open_risk_id_index"],
      [{ open: true, sort: "newest" }, "findings_company_id_is_open_opened_at_id_index"],
      [{ sort: "newest", openedSince: new Date(0) }, "findings_company_id_is_open_opened_at_id_index"],
      [{ status: "resolved", sort: "changed" }, "findings_company_id_status_changed_at_id_index"],
      [{ sort: "changed", exploited: false }, "findings_company_id_status_changed_at_id_index"],
      [{ sort: "due" }, "findings_company_id_due_at_id_index"],
      [{ overdue: true, sort: "due" }, "findings_company_id_due_at_id_index"],
    ];
  }

  test("reads each list from its index, without a sort and without a scan", async () => {
    for (const [filter, index] of indexes()) {
      const { nextCursor } = await listFindings(context.db, { ...filter, limit: 5 }, inCompany(filled.companyId));
      for (const cursor of [undefined, nextCursor ?? undefined]) {
        const caller = inCompany(filled.companyId);
        const plans = await plansOf(context.db, (db) => listFindings(db, { ...filter, limit: 5, cursor }, caller));
        const lists = plans.filter((plan) => plan.includes(index));
        expect(lists.length, `${index}:\n${plans.join("\n\n")}`).toBeGreaterThan(0);
        for (const plan of plans) {
          expect(plan).toContain(index);
          expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
          expect(plan).not.toMatch(fullScanOf("findings"));
        }
      }
    }
  });

  test("finds what has a CVE in the company's own part of the index", async () => {
    const caller = inCompany(filled.companyId);
    const plans = await plansOf(context.db, (db) => listFindings(db, { cve, limit: 5 }, caller));
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).toContain("finding_cves_company_id_cve_finding_id_index");
      expect(plan).not.toMatch(fullScanOf("findings"));
    }
    // What is counted is read from the index alone, by both of its columns.
    expect(plans[0]).toMatch(/company_id=\? AND cve=\?|company_id = \S+ AND .*cve.* = /);
  });
});
