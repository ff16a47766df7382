import { beforeAll, expect, test } from "vitest";
import { runQuery } from "../../../src/database/statement.ts";
import { severities } from "../../../src/schema/surface/assets.ts";
import { findingStatuses } from "../../../src/schema/surface/finding-words.ts";
import { countFindings, topAssets, topRules } from "../../../src/surface/findings/index.ts";
import { alterTestUser, createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { analyze, type FilledCompany, fillCompany } from "../../support/surface/many-findings.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";

type Filter = NonNullable<Parameters<typeof countFindings>[1]>;
type Finding = FilledCompany["findings"][number];

/** Counts in memory what the function is to count. */
function expected(findings: readonly Finding[], more = false) {
  const countsOf = (words: readonly string[], wordOf: (finding: Finding) => string) =>
    Object.fromEntries(words.map((word) => [word, findings.filter((one) => wordOf(one) === word).length]));
  const sources = [...Map.groupBy(findings, ({ source }) => source)];
  return {
    total: findings.length,
    more,
    status: countsOf(findingStatuses, ({ status }) => status),
    severity: countsOf(severities, ({ severity }) => severity),
    source: sources
      .map(([source, some]) => ({ source, findings: some.length }))
      .toSorted((one, other) => (one.source < other.source ? -1 : 1))
      .toSorted((one, other) => other.findings - one.findings),
    exploited: findings.filter(({ knownExploited }) => knownExploited).length,
  };
}

/** How many are open of each asset or rule, the most first. */
function openBy(findings: readonly Finding[], column: "assetId" | "ruleId") {
  const open = findings.filter(({ isOpen }) => isOpen);
  return [...Map.groupBy(open, (finding) => finding[column])]
    .map(([id, some]) => ({ id, openFindings: some.length }))
    .toSorted((one, other) => other.id - one.id)
    .toSorted((one, other) => other.openFindings - one.openFindings);
}

describeOnEachEngine("Counting findings", (context) => {
  let filled: FilledCompany;
  let elsewhere: number;

  beforeAll(async () => {
    const { db } = context;
    filled = await fillCompany(db, (await createTestCompany(db)).id, 10_400);
    elsewhere = (await createTestCompany(db)).id;
    await fillCompany(db, elsewhere, 30);
    await analyze(db);
    await keepCounts();
  });

  /** Fills what is kept of counts, as the changes of findings do. */
  async function keepCounts(): Promise<void> {
    const { db } = context;
    const keys = ["company_id", "source", "severity", "status", "known_exploited"] as const;
    const counted = db.sql
      .selectFrom("findings")
      .select(({ fn }) => [...keys, fn.countAll<number>().as("findings")])
      .groupBy([...keys]);
    const into = ["company_id", "source", "severity", "status", "exploited", "findings"] as const;
    await runQuery(
      db,
      db.sql
        .insertInto("finding_counts")
        .columns([...into])
        .expression(counted),
    );
    const open = db.sql
      .selectFrom("findings")
      .select(({ fn }) => fn.countAll<number>().as("open"))
      .where("findings.is_open", "=", true);
    const onAsset = open.whereRef("findings.asset_id", "=", "assets.id" as never);
    const ofRule = open.whereRef("findings.rule_id", "=", "finding_rules.id" as never);
    await runQuery(db, db.sql.updateTable("assets").set({ open_findings: onAsset as never }));
    await runQuery(db, db.sql.updateTable("finding_rules").set({ open_findings: ofRule as never }));
  }

  const count = (filter: Filter) => countFindings(context.db, filter, inCompany(filled.companyId));

  test("equals what can be counted, for what is told apart", async () => {
    const { findings } = filled;
    const filters: [Filter, (finding: Finding) => boolean][] = [
      [{}, () => true],
      [{ open: true }, ({ isOpen }) => isOpen],
      [{ open: false, severity: "high" }, ({ isOpen, severity }) => !isOpen && severity === "high"],
      [{ status: "fixed" }, ({ status }) => status === "fixed"],
      [{ source: "trivy", exploited: true }, ({ source, knownExploited }) => source === "trivy" && knownExploited],
      [{ exploited: false }, ({ knownExploited }) => !knownExploited],
      [{ open: true, status: "resolved" }, () => false],
    ];
    for (const [filter, holds] of filters) {
      expect(await count(filter), JSON.stringify(filter)).toEqual(expected(findings.filter((one) => holds(one))));
    }
  });

  test("equals what can be counted, for any other condition that is narrow", async () => {
    const { findings, assets, rules, userId } = filled;
    const assetId = assets[1]?.id as number;
    const ruleId = rules[2]?.id as number;
    const now = context.clock.now();
    const filters: [Filter, (finding: Finding) => boolean][] = [
      [{ assetId }, (one) => one.assetId === assetId],
      [{ ruleId, open: true }, (one) => one.ruleId === ruleId && one.isOpen],
      [{ search: "number 2", severity: "low" }, (one) => one.ruleId === ruleId && one.severity === "low"],
      [{ assignedTo: userId, assetId }, (one) => one.assignedToUserId === userId && one.assetId === assetId],
      [{ overdue: true }, ({ dueAt }) => dueAt !== null && dueAt < now],
      [{ kind: "weak-cipher" }, (one) => one.ruleId === rules[0]?.id],
      [{ cve: "CVE-2026-9999" }, () => false],
    ];
    for (const [filter, holds] of filters) {
      expect(await count(filter), JSON.stringify(filter)).toEqual(expected(findings.filter((one) => holds(one))));
    }
  });

  test("looks at 10,000 findings at most, and says when there are more", async () => {
    const { total, more } = await count({ search: "weak cipher" });
    expect({ total, more }).toEqual({ total: 10_000, more: true });
    expect(await count({ openedSince: new Date(0) })).toMatchObject({ total: 10_000, more: true });
    expect(await count({ overdue: false })).toMatchObject({ more: true });
  });

  test("attack: counts nothing of another company, whatever is named", async () => {
    const { companyId, assets, rules, userId } = filled;
    const named = { companyId, assetId: assets[0]?.id, ruleId: rules[0]?.id, assignedTo: userId };
    for (const [name, value] of Object.entries(named)) {
      const counted = await countFindings(context.db, { [name]: value }, inCompany(elsewhere));
      expect(counted, name).toEqual(expected([]));
    }
    for (const top of [topAssets, topRules]) {
      expect(await top(context.db, { companyId }, inCompany(elsewhere))).toEqual({ items: [] });
    }
  });

  test("attack: takes a hostile search or source as data", async () => {
    const caller = inCompany(elsewhere);
    for (const text of hostileStrings) {
      const source = await countFindings(context.db, { source: text.slice(0, 50) }, caller);
      expect(source, text).toMatchObject({ total: 0 });
      const { total } = await countFindings(context.db, { search: text }, caller);
      expect(total, text).toBe(text === "%" ? 30 : 0);
    }
  });

  test("counts what is assigned to who reaches their own alone, while they are in the company", async () => {
    const { db } = context;
    const { userId, findings, companyId } = filled;
    const own = findings.filter((one) => one.assignedToUserId === userId);
    expect(await countFindings(db, {}, onlyOwn(userId))).toEqual(expected(own));
    const openOwn = own.filter(({ isOpen }) => isOpen);
    expect(await countFindings(db, { open: true }, onlyOwn(userId))).toEqual(expected(openOwn));
    const { items } = await topAssets(db, { limit: 3 }, onlyOwn(userId));
    expect(items).toMatchObject(openBy(own, "assetId").slice(0, 3));
    const [first] = items;
    const onFirst = openOwn.filter(({ assetId }) => assetId === first?.id);
    const worst = severities.find((severity) => onFirst.some((one) => one.severity === severity));
    expect(first?.worstSeverity).toBe(worst);
    expect((await topRules(db, {}, onlyOwn(userId))).items).toMatchObject(openBy(own, "ruleId").slice(0, 10));
    await alterTestUser(db, userId, { company_id: elsewhere });
    for (const read of [topAssets, topRules]) expect((await read(db, {}, onlyOwn(userId))).items).toEqual([]);
    expect(await countFindings(db, {}, onlyOwn(userId))).toEqual(expected([]));
    await alterTestUser(db, userId, { company_id: companyId });
    const { id: colleague } = await createTestUser(db, { company_id: companyId });
    expect(await countFindings(db, {}, onlyOwn(colleague))).toEqual(expected([]));
  });

  test("the assets and rules with the most open findings come first", async () => {
    const { db } = context;
    const { findings, companyId } = filled;
    const caller = inCompany(companyId);
    expect((await topAssets(db, { limit: 5 }, caller)).items).toMatchObject(openBy(findings, "assetId").slice(0, 5));
    expect((await topRules(db, {}, caller)).items).toMatchObject(openBy(findings, "ruleId").slice(0, 10));
  });

  test("asks which company, where several are within reach", async () => {
    for (const read of [countFindings, topAssets, topRules]) {
      await expect(read(context.db, {})).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
    }
  });

  test("counts what is kept, and finds the first assets and rules, by their indexes without a scan", async () => {
    const { db } = context;
    const caller = inCompany(filled.companyId);
    const plans = await plansOf(db, async (handle) => {
      await countFindings(handle, { open: true, severity: "high" }, caller);
      await topAssets(handle, {}, caller);
      await topRules(handle, {}, caller);
    });
    expect(plans).toHaveLength(3);
    expect(plans[0]).toMatch(/finding_counts_company_id_source_severity_status_exploited_key/);
    expect(plans[1]).toContain("assets_company_id_open_findings_id_index");
    expect(plans[2]).toContain("finding_rules_company_id_open_findings_id_index");
    for (const plan of plans.slice(1)) expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
    for (const plan of plans) expect(plan).not.toMatch(/SCAN |Seq Scan/);
  });

  test("counts anything else by the index of its narrowest condition, without a scan", async () => {
    const { assets, rules, userId, companyId } = filled;
    const filters: Filter[] = [
      { assetId: assets[0]?.id },
      { ruleId: rules[0]?.id, open: true },
      { assignedTo: userId },
      { overdue: true },
      { openedSince: context.clock.now() },
      { overdue: false },
    ];
    for (const filter of filters) {
      const plans = await plansOf(context.db, (db) => countFindings(db, filter, inCompany(companyId)));
      for (const plan of plans) expect(plan, JSON.stringify(filter)).not.toMatch(fullScanOf("findings"));
    }
  });
});
