import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import { scanImports, scanSeries } from "../../../src/schema/surface/assets.ts";
import { findingChangeSets } from "../../../src/schema/surface/finding-history.ts";
import { findingEvidence, findingLocations } from "../../../src/schema/surface/findings.ts";
import { tidySurface } from "../../../src/surface/upkeep/tidy-surface.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeFinding } from "../../support/surface/findings.ts";

const nothing = { countsMended: 0, evidence: 0, locations: 0, changeSets: 0 };

describeOnEachEngine("Tidying the surface", (context) => {
  let companyId = 0;
  beforeEach(async () => {
    companyId = (await createTestCompany(context.db)).id;
  });
  afterEach(() => expectTrueCounts(context.db, companyId));

  test("changes nothing where everything is true and new", async () => {
    await makeFinding(context.db, { companyId });
    expect(await tidySurface(context.db)).toEqual(nothing);
  });

  test("mends counts that differ from what there is", async () => {
    const { db } = context;
    const { assetId, ruleId } = await makeFinding(db, { companyId, severity: "high" });
    await makeFinding(db, { companyId, assetId, severity: "low" });
    await makeFinding(db, { companyId, status: "resolved" });
    await runQuery(db, db.sql.updateTable("finding_counts").set({ findings: 7 }).where("severity", "=", "low"));
    await runQuery(db, db.sql.updateTable("assets").set({ worst_severity: null }).where("id", "=", assetId));
    await runQuery(db, db.sql.updateTable("finding_rules").set({ open_findings: 3 }).where("id", "=", ruleId));
    // The wrong count and the right one, the asset, and the rule.
    expect(await tidySurface(db)).toEqual({ ...nothing, countsMended: 4 });
    await expectTrueCounts(db, companyId);
    expect(await tidySurface(db)).toEqual(nothing);
  });

  test("deletes what has told of nothing for a year", async () => {
    const { db, clock } = context;
    const open = await makeFinding(db, { companyId });
    const resolved = await makeFinding(db, { companyId, status: "resolved", resolvedAt: clock.now() });
    for (const { id } of [open, resolved]) await showPlace(id);
    clock.advance({ days: 364 });
    expect(await tidySurface(db)).toEqual(nothing);
    clock.advance({ days: 2 });
    // Openings by an import leave no history: what their sets tell stays.
    expect(await tidySurface(db)).toEqual({ ...nothing, evidence: 1, locations: 2, changeSets: 2 });
    const sets = db.sql.selectFrom("finding_change_sets").select("cause").where("company_id", "=", companyId);
    expect(new Set((await fetchAll(db, sets)).map(({ cause }) => cause))).toEqual(new Set(["import"]));
    const evidence = await fetchAll(db, db.sql.selectFrom("finding_evidence").select("finding_id"));
    expect(evidence).toEqual([{ findingId: open.id }]);
    const places = db.sql.selectFrom("finding_locations").select("url").where("company_id", "=", companyId);
    expect((await fetchAll(db, places)).map(({ url }) => url)).toEqual([
      `https://here.example/${open.id}`,
      `https://here.example/${resolved.id}`,
    ]);
  });

  /** Gives a finding a piece of evidence, a place where it is, and one where it was, gone with an import of today. */
  async function showPlace(findingId: number): Promise<void> {
    const now = context.clock.now();
    await transaction(context.db, async (tx) => {
      const { id: seriesId } = await insertRow(tx, scanSeries, {
        companyId,
        source: "nuclei",
        name: `of ${findingId}`,
      });
      const { id: importId } = await insertRow(tx, scanImports, {
        companyId,
        seriesId,
        scanId: `of ${findingId}`,
        format: "nuclei",
        tool: "nuclei",
        sha256: "0",
        sizeBytes: 1,
        scannedAt: now,
        status: "done",
        startedAt: now,
      });
      const place = {
        companyId,
        findingId,
        seriesId,
        kind: "url",
        contentHash: "0",
        firstSeenAt: now,
        lastSeenAt: now,
      } as const;
      const seen = { firstImportId: importId, lastImportId: importId };
      const here = { locatorKey: "here", url: `https://here.example/${findingId}` };
      await insertRow(tx, findingLocations, { ...place, ...seen, ...here });
      await insertRow(tx, findingLocations, {
        ...place,
        ...seen,
        locatorKey: "gone",
        present: false,
        goneImportId: importId,
      });
      const piece = { kind: "response", content: "", bytes: 0 } as const;
      await insertRow(tx, findingEvidence, { companyId, findingId, importId, ...piece });
      await insertRow(tx, findingChangeSets, { companyId, cause: "import", importId, at: now, counts: {} });
      await insertRow(tx, findingChangeSets, { companyId, cause: "decision", at: now, counts: {} });
    });
  }
});
