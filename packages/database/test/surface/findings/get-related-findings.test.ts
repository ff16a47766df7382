import { beforeAll, expect, test } from "vitest";
import { transaction } from "../../../src/database/transaction.ts";
import { insertMany } from "../../../src/rows/insert-many.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import { findingCves, findingLocations, findings } from "../../../src/schema/surface/findings.ts";
import { getRelatedFindings } from "../../../src/surface/findings/index.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeAsset, makeFinding, makeRule } from "../../support/surface/findings.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";

interface Given {
  readonly companyId?: number;
  readonly assetId?: number;
  readonly source?: string;
  readonly cwes?: readonly string[];
  readonly cves?: readonly string[];
  readonly url?: string;
  readonly assignedToUserId?: number;
  readonly severity?: "high" | "low";
  readonly status?: "false_positive";
}

describeOnEachEngine("getRelatedFindings", (context) => {
  let companyId: number;
  let assetId: number;
  let userId: number;
  const here = "https://www.example.org/search";
  const ids = { first: 0, cve: 0, closed: 0, place: 0 };

  async function make({ cves = [], cwes = [], url = here, source = "nuclei", ...more }: Given): Promise<number> {
    const { db } = context;
    const given = { companyId, assetId, ...more };
    const { id: ruleId } = await makeRule(db, { companyId: given.companyId, source, cwes });
    const { id } = await makeFinding(db, { ...given, source, ruleId });
    const own = { companyId: given.companyId, findingId: id };
    const now = db.clock.now();
    await transaction(db, async (tx) => {
      for (const cve of cves) await insertRow(tx, findingCves, { ...own, cve });
      const seen = { firstImportId: 1, lastImportId: 1, firstSeenAt: now, lastSeenAt: now, seriesId: 1 };
      const place = { kind: "url" as const, url, locatorKey: uniqueWord().slice(0, 24), contentHash: "hash" };
      await insertRow(tx, findingLocations, { ...own, ...seen, ...place });
    });
    return id;
  }

  beforeAll(async () => {
    const { db } = context;
    companyId = (await createTestCompany(db)).id;
    assetId = (await makeAsset(db, { companyId })).id;
    userId = (await createTestUser(db, { company_id: companyId })).id;
    const mine = { cves: ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"], cwes: ["CWE-79"], assignedToUserId: userId };
    ids.first = await make(mine);
    ids.closed = await make({ cves: ["CVE-2026-3"], status: "false_positive", severity: "high" });
    ids.cve = await make({ cves: ["CVE-2026-2", "CVE-2026-1"], severity: "low", assignedToUserId: userId });
    ids.place = await make({ source: "zap", cwes: ["CWE-20", "CWE-79"], url: `${here}?q=1`, severity: "high" });
    // What is not related: the same tool, another weakness, another place, another asset, another company.
    await make({ cwes: ["CWE-79"] });
    await make({ source: "zap", cwes: ["CWE-80"] });
    await make({ source: "zap", cwes: ["CWE-79"], url: "https://www.example.org/other" });
    await make({ ...mine, assetId: (await makeAsset(db, { companyId })).id });
    const { id: elsewhere } = await createTestCompany(db);
    await make({ ...mine, companyId: elsewhere, assetId: (await makeAsset(db, { companyId: elsewhere })).id });
  });

  test("finds what shares a CVE, and what another tool saw of the weakness at the place", async () => {
    const { items, more } = await getRelatedFindings(context.db, { id: ids.first }, inCompany(companyId));
    expect(items.map(({ id, sharedCves, samePlace }) => ({ id, sharedCves, samePlace }))).toEqual([
      { id: ids.place, sharedCves: [], samePlace: true },
      { id: ids.cve, sharedCves: ["CVE-2026-1", "CVE-2026-2"], samePlace: false },
      { id: ids.closed, sharedCves: ["CVE-2026-3"], samePlace: false },
    ]);
    expect(more).toBe(false);
    expect(items[0]).toMatchObject({ assetName: expect.any(String), source: "zap" });
  });

  test("says when there are more than are shown", async () => {
    const { items, more } = await getRelatedFindings(context.db, { id: ids.first, limit: 2 });
    expect([items.map(({ id }) => id), more]).toEqual([[ids.place, ids.cve], true]);
  });

  test("finds nothing where nothing is alike", async () => {
    const lonely = await make({ source: "nikto", assetId: (await makeAsset(context.db, { companyId })).id });
    expect(await getRelatedFindings(context.db, { id: lonely })).toEqual({ items: [], more: false });
  });

  test("looks at 2,000 findings of the asset, and says that there are more", async () => {
    const { db } = context;
    const { id: crowded } = await makeAsset(db, { companyId });
    const one = await make({ cves: ["CVE-2026-7"], assetId: crowded });
    const { id: _, ...row } = await makeFinding(db, { companyId, assetId: crowded });
    const rows = Array.from({ length: 2000 }, (_row, at) => ({ ...row, contextKey: `context ${at}` }));
    await transaction(db, (tx) => insertMany(tx, findings, rows));
    expect(await getRelatedFindings(db, { id: one })).toEqual({ items: [], more: true });
  });

  test("attack: shows nothing that is out of reach", async () => {
    const { db } = context;
    const { id: elsewhere } = await createTestCompany(db);
    const { id: colleague } = await createTestUser(db, { company_id: companyId });
    for (const caller of [inCompany(elsewhere), onlyOwn(colleague)]) {
      await expect(getRelatedFindings(db, { id: ids.first }, caller)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    const { items } = await getRelatedFindings(db, { id: ids.first }, onlyOwn(userId));
    expect(items.map(({ id }) => id)).toEqual([ids.cve]);
  });

  test("reads the asset's findings from their index, and nothing whole", async () => {
    const plans = await plansOf(context.db, (db) => getRelatedFindings(db, { id: ids.first }, inCompany(companyId)));
    const near = plans.filter((plan) => plan.includes("findings_asset_id_is_open_risk_id_index"));
    expect(near, plans.join("\n\n")).toHaveLength(2);
    for (const plan of plans) expect(plan).not.toMatch(/ORDER BY|TEMP B-TREE|Sort/);
    for (const index of ["finding_cves_finding_id_cve_key", "finding_locations_finding_id_series_id_locator_key_key"]) {
      expect(plans.some((plan) => plan.includes(index))).toBe(true);
    }
    for (const plan of plans) {
      for (const table of ["findings", "finding_cves", "finding_locations", "finding_rules"]) {
        expect(plan).not.toMatch(fullScanOf(table));
      }
    }
  });
});
