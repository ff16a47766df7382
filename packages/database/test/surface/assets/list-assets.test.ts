import { beforeAll, describe, expect, test } from "vitest";
import { runQuery } from "../../../src/database/statement.ts";
import type { AssetKind, AssetStatus } from "../../../src/schema/surface/assets.ts";
import { type Asset, getAsset, importReport, listAssets } from "../../../src/surface/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeAsset } from "../../support/surface/findings.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { analyze } from "../../support/surface/many-findings.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";
import { reportOf } from "../support/reports.ts";

type Filter = NonNullable<Parameters<typeof listAssets>[1]>;

const kinds: readonly AssetKind[] = ["host", "service", "repository"];
const statuses: readonly AssetStatus[] = ["active", "gone", "ignored"];

describeOnEachEngine("listAssets", (context) => {
  let companyId = 0;
  const made: Asset[] = [];
  const tagged = new Set<number>();
  beforeAll(async () => {
    const { db } = context;
    companyId = (await createTestCompany(db)).id;
    for (let at = 0; at < 36; at += 1) {
      const kind = kinds[at % 3] as AssetKind;
      const name = `${at % 2 === 0 ? "Web" : "db"}-${String(at).padStart(2, "0")}.example`;
      const more = { status: statuses[at % 5] ?? "active", criticality: at % 4, openFindings: at % 7 };
      made.push(await makeAsset(db, { companyId, kind, key: name, name, ...more }));
    }
    const deleted = { deletedAt: context.clock.now(), isActive: false, openFindings: 99 };
    await makeAsset(db, { companyId, ...deleted });
    await makeAsset(db, { companyId: (await createTestCompany(db)).id, openFindings: 99 });
    await runQuery(db, db.sql.insertInto("surface_tags").values({ id: 900, company_id: companyId, name: "pci" }));
    for (const { id } of made.filter((_, at) => at % 4 === 0)) {
      tagged.add(id);
      const link = { company_id: companyId, tag_id: 900, finding_id: null, asset_id: id };
      await runQuery(db, db.sql.insertInto("surface_tag_links").values(link));
    }
    await analyze(db);
  });

  async function idsOf(filter: Filter, limit: number): Promise<number[]> {
    const ids: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAssets(context.db, { ...filter, limit, cursor }, inCompany(companyId));
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  }

  const filters: [string, Filter, (asset: Asset) => boolean][] = [
    ["none", {}, () => true],
    ["kind", { kind: "service" }, ({ kind }) => kind === "service"],
    ["status", { status: "ignored" }, ({ status }) => status === "ignored"],
    ["both", { kind: "host", status: "active" }, ({ kind, status }) => kind === "host" && status === "active"],
    ["criticality", { criticality: 3 }, ({ criticality }) => criticality === 3],
    ["tag", { tag: "PCI" }, ({ id }) => tagged.has(id)],
    ["tag and kind", { tag: "pci", kind: "host" }, ({ id, kind }) => tagged.has(id) && kind === "host"],
    ["nothing", { tag: "none" }, () => false],
  ];

  test.each(filters)("holds what is asked for by %s, most open findings first, once over all pages", async (...row) => {
    const [, filter, holds] = row;
    const wanted = made
      .filter(holds)
      .toSorted((one, other) => other.openFindings - one.openFindings || other.id - one.id);
    for (const limit of [5, 100]) expect(await idsOf(filter, limit)).toEqual(wanted.map(({ id }) => id));
  });

  test("finds names by how they begin, in their order", async () => {
    const begin = made.filter(({ name }) => name.startsWith("Web-1")).map(({ id }) => id);
    expect(await idsOf({ name: "wEB-1" }, 2)).toEqual(begin);
    expect(await idsOf({ name: "Web-1", kind: "host" }, 2)).toEqual(
      made.filter(({ name, kind }) => name.startsWith("Web-1") && kind === "host").map(({ id }) => id),
    );
    for (const name of hostileStrings) expect(await idsOf({ name, tag: "pci" }, 9), name).toEqual([]);
  });

  test("attack: holds nothing of another company, and nothing for who reaches their own alone", async () => {
    const { db } = context;
    const { id: elsewhere } = await createTestCompany(db);
    const { id: userId } = await createTestUser(db, { company_id: companyId });
    for (const filter of [{}, { companyId }, { name: "Web" }, { tag: "pci" }, { kind: "host" as const }]) {
      for (const caller of [inCompany(elsewhere), onlyOwn(userId)]) {
        expect((await listAssets(db, filter, caller)).items).toEqual([]);
      }
    }
    await expect(listAssets(db, {})).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
    await expect(listAssets(db, { companyId, cursor: "bm8" })).rejects.toMatchObject({ issues: [{ field: "cursor" }] });
  });

  test("is read from an index, without a sort and without a scan", async () => {
    const ofKind = "assets_company_id_kind_status_open_findings_id_index";
    const cases: [Filter, string][] = [
      [{}, "assets_company_id_open_findings_id_index"],
      [{ criticality: 2 }, "assets_company_id_open_findings_id_index"],
      [{ kind: "host", status: "active" }, ofKind],
      [{ kind: "host" }, ofKind],
      [{ status: "gone", criticality: 2 }, ofKind],
      [{ name: "web" }, "assets_company_id_name_id_index"],
    ];
    for (const [filter, index] of cases) {
      const caller = inCompany(companyId);
      const { nextCursor } = await listAssets(context.db, { ...filter, limit: 1 }, caller);
      for (const cursor of [undefined, nextCursor ?? undefined]) {
        const plans = await plansOf(context.db, (db) => listAssets(db, { ...filter, limit: 1, cursor }, caller));
        for (const plan of plans) {
          expect(plan).toContain(index);
          expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
          expect(plan).not.toMatch(fullScanOf("assets"));
        }
      }
    }
  });
});

describeOnEachEngine("getAsset", (context) => {
  const lines = [
    { kind: "host", host: "www.example.org", state: "up", addresses: ["192.0.2.7"], names: [] },
    { kind: "service", host: "www.example.org", port: 443, transport: "tcp", state: "open", service: "https" },
    { kind: "finding", rule: "weak-cipher", asset: "https://www.example.org", severity: "low" },
    { kind: "finding", rule: "<script>", asset: "https://www.example.org", severity: "high" },
  ];

  async function importAll() {
    const { db } = context;
    const { id } = await createTestCompany(db);
    const source = reportOf(lines.map((line) => JSON.stringify(line)).join("\n"));
    const { importId } = await importReport(db, { companyId: id, source, format: "nerve", series: "nightly" });
    const find = async (kind: AssetKind) => (await listAssets(db, { companyId: id, kind })).items[0]?.id as number;
    return { companyId: id, importId, host: await find("host"), service: await find("service") };
  }

  test("tells names, services, scans and how many findings there are", async () => {
    const { db } = context;
    const { companyId, importId, host, service } = await importAll();
    const shown = await getAsset(db, { id: host }, inCompany(companyId));
    expect(shown).toMatchObject({
      kind: "host",
      key: "www.example.org",
      parent: null,
      mergedNames: [],
      names: [{ kind: "address", name: "192.0.2.7" }],
      services: [{ id: service, key: "www.example.org:443/tcp", openFindings: 2, worstSeverity: "high" }],
      coverage: [{ source: "nerve-lines", series: "nightly", spokeImportId: importId, coveredImportId: null }],
      checks: [],
      tags: [],
      findings: [],
      counts: { names: 1, services: 1, coverage: 1, checks: 0 },
    });
    expect(await getAsset(db, { id: service })).toMatchObject({
      parent: { id: host, name: "www.example.org" },
      findings: [
        { status: "open", severity: expect.any(String), findings: 1 },
        { status: "open", severity: expect.any(String), findings: 1 },
      ],
    });
  });

  describe("attack: an asset of another company", () => {
    test("is not there", async () => {
      const { host } = await importAll();
      const { id: elsewhere } = await createTestCompany(context.db);
      const outcome = getAsset(context.db, { id: host }, inCompany(elsewhere));
      await expect(outcome).rejects.toMatchObject({ code: "NOT_FOUND" });
    });
  });
});
