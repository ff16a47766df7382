import { describe, expect, test } from "vitest";
import { anyTable } from "../../../src/database/any-table.ts";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import type { FindingStatus } from "../../../src/schema/surface/finding-words.ts";
import type { TableDefinition } from "../../../src/schema/kit/index.ts";
import { tableNamed } from "../../../src/schema/tables.ts";
import { getAsset, getImport, listAssets, listFindings, mergeAssets, undoImport } from "../../../src/surface/index.ts";
import { purgeSoftDeleted } from "../../../src/upkeep/index.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeAsset, makeFinding, makeRule } from "../../support/surface/findings.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { importLines, makeCompany } from "../support/reports.ts";

const byName = "https://www.example.org";
const byAddress = "https://192.0.2.1";

/** What a merge changes. */
const compared = [
  "assets",
  "asset_names",
  "asset_coverage",
  "findings",
  "finding_locations",
  "finding_cves",
  "finding_history",
  "surface_tag_links",
] as const;

async function dump(db: Database, companyId: number): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of compared) {
    const query = anyTable(db).selectFrom(name).selectAll().where("company_id", "=", companyId).orderBy("id");
    found[name] = (await fetchAll(db, query)).map((row) => ({ ...row, updatedAt: null }));
  }
  return found;
}

type Step = { table: string } & ({ ids: number[]; was: Record<string, unknown> } | { gone: Record<string, unknown> });

/** Undoes the merges into an asset by what the audit log has of them. */
async function undoByAuditLog(db: Database, id: number): Promise<void> {
  const query = db.sql
    .selectFrom("audit_logs")
    .select("metadata_json")
    .where("action", "=", "asset_merge_step")
    .where("resource_id", "=", id)
    .orderBy("id");
  const rows = await fetchAll(db, query);
  const steps = rows.flatMap(({ metadataJson }) => (metadataJson as unknown as { steps: Step[] }).steps);
  await transaction(db, async (tx) => {
    for (const step of steps.toReversed()) {
      const table = tableNamed(step.table) as TableDefinition;
      const revive = (values: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => {
            const isTime = table.columnList.find(({ property }) => property === name)?.kind === "datetime";
            return [name, isTime && typeof value === "string" ? new Date(value) : value];
          }),
        );
      if ("gone" in step) await insertRow(tx, table, revive(step.gone) as never);
      else for (const row of step.ids) await changeRow(tx, table, row, revive(step.was) as never);
    }
  });
}

async function hostsOf(db: Database, companyId: number): Promise<{ id: number; fromId: number }> {
  const { items } = await listAssets(db, { companyId, kind: "host" });
  const find = (wanted: string) => items.find(({ key }) => key === wanted)?.id as number;
  return { id: find("www.example.org"), fromId: find("192.0.2.1") };
}

/** A company whose host is reported by its name and by its address. */
async function twoNames(db: Database) {
  const companyId = await makeCompany(db);
  const named = [{ rule: "both", at: ["/a"] }, { rule: "only by name" }].map((line) => ({ ...line, asset: byName }));
  const addressed = [{ rule: "both", at: ["/a", "/b"] }, { rule: "only by address" }].map((line) => ({
    ...line,
    asset: byAddress,
  }));
  const first = await importLines(db, companyId, named, { series: "names" });
  const second = await importLines(db, companyId, addressed, { series: "addresses" });
  return { companyId, named, addressed, first, second, ...(await hostsOf(db, companyId)) };
}

const titles = async (db: Database, companyId: number, open = true) =>
  (await listFindings(db, { companyId, open })).items.map(({ title }) => title).toSorted();

describeOnEachEngine("mergeAssets", (context) => {
  test("brings findings, places and services of both under one asset", async () => {
    const { db } = context;
    const { companyId, id, fromId } = await twoNames(db);
    expect(await titles(db, companyId)).toEqual(["both", "both", "only by address", "only by name"]);
    const merged = await mergeAssets(db, { id, fromId }, inCompany(companyId));
    expect(merged).toEqual({ id, moved: 1, doubles: 1, services: 1 });
    expect(await titles(db, companyId)).toEqual(["both", "only by address", "only by name"]);
    await expectTrueCounts(db, companyId);
    const host = await getAsset(db, { id });
    expect(host).toMatchObject({
      mergedNames: ["192.0.2.1"],
      services: [{ openFindings: 3 }],
      counts: { coverage: 2 },
    });
    await expect(getAsset(db, { id: fromId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const query = db.sql
      .selectFrom("finding_locations")
      .innerJoin("findings", "findings.id", "finding_locations.finding_id")
      .select("finding_locations.id")
      .where("findings.company_id", "=", companyId)
      .where("findings.title", "=", "both");
    expect(await fetchAll(db, query)).toHaveLength(3);
  });

  test("lets reports of either name speak of the one that stays: nothing is opened again", async () => {
    const { db } = context;
    const { companyId, id, fromId, named, addressed } = await twoNames(db);
    await mergeAssets(db, { id, fromId });
    const again = { created: 0, reactivated: 0, untouched: 2, closed: 0, assets: { created: 0 } };
    expect(await importLines(db, companyId, addressed, { series: "addresses" })).toMatchObject(again);
    expect(await importLines(db, companyId, named, { series: "names" })).toMatchObject(again);
    const fewer = addressed.slice(0, 1);
    const covers = { complete: false, covers: ["192.0.2.1"], series: "addresses" };
    expect(await importLines(db, companyId, fewer, covers)).toMatchObject({ closed: 1, created: 0 });
    expect(await titles(db, companyId, false)).toEqual(["only by address"]);
    const both = await importLines(db, companyId, [...named, ...addressed], { series: "together" });
    expect(both).toMatchObject({ created: 0, findings: 3, untouched: 2, reactivated: 1, closed: 0 });
    expect(await titles(db, companyId)).toEqual(["both", "only by address", "only by name"]);
    await expectTrueCounts(db, companyId);
  });

  test("keeps the old name known when what is deleted is purged", async () => {
    const { db, clock } = context;
    const { companyId, id, fromId, addressed } = await twoNames(db);
    await mergeAssets(db, { id, fromId });
    const { id: deleted } = await makeAsset(db, { companyId, deletedAt: clock.now(), isActive: false });
    clock.advance({ days: 1 });
    await purgeSoftDeleted(db, { olderThanDays: 0 });
    const left = await fetchAll(db, db.sql.selectFrom("assets").select("id").where("id", "in", [fromId, deleted]));
    expect(left).toEqual([{ id: fromId }]);
    expect(await importLines(db, companyId, addressed, { series: "addresses" })).toMatchObject({ created: 0 });
  });

  test("refuses a report of the old name that is older than another of its series", async () => {
    const { db, clock } = context;
    const { companyId, id, fromId, addressed } = await twoNames(db);
    await mergeAssets(db, { id, fromId });
    const scannedAt = new Date(clock.now().getTime() - 1000);
    const outcome = importLines(db, companyId, addressed, { series: "addresses", scannedAt });
    await expect(outcome).rejects.toMatchObject({ code: "REPORT_OUT_OF_DATE" });
  });

  test.each<[FindingStatus, FindingStatus, FindingStatus]>([
    ["open", "false_positive", "false_positive"],
    ["confirmed", "false_positive", "confirmed"],
    ["accepted", "open", "accepted"],
    ["open", "accepted", "accepted"],
    ["resolved", "open", "open"],
    ["open", "resolved", "open"],
    ["suppressed", "open", "open"],
    ["resolved", "suppressed", "suppressed"],
  ])("of two equal findings the older stays: %s, and with the other, %s, it is %s", async (older, newer, wanted) => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id: ruleId } = await makeRule(db, { companyId });
    for (const isOlderMoved of [true, false]) {
      const [{ id: one }, { id: other }] = [await makeAsset(db, { companyId }), await makeAsset(db, { companyId })];
      const common = { companyId, ruleId, contextKey: "same", severity: "high" } as const;
      const stays = await makeFinding(db, { ...common, assetId: one, status: older });
      const goes = await makeFinding(db, { ...common, assetId: other, status: newer, severity: "low" });
      const [id, fromId] = isOlderMoved ? [other, one] : [one, other];
      expect(await mergeAssets(db, { id, fromId })).toMatchObject({ doubles: 1 });
      const { items } = await listFindings(db, { companyId, assetId: id });
      expect(items).toMatchObject([{ id: stays.id, status: wanted, severity: "high" }]);
      expect(items[0]?.id).not.toBe(goes.id);
    }
    await expectTrueCounts(db, companyId);
  });

  test("computes risk for the asset that stays", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const [{ id }, { id: fromId }] = [
      await makeAsset(db, { companyId, criticality: 4 }),
      await makeAsset(db, { companyId }),
    ];
    const { risk } = await makeFinding(db, { companyId, assetId: fromId });
    await mergeAssets(db, { id, fromId });
    expect((await listFindings(db, { companyId })).items).toMatchObject([{ assetId: id, risk: risk + 50 }]);
  });

  test("can be undone by what the audit log has of it", async () => {
    const { db } = context;
    const { companyId, id, fromId } = await twoNames(db);
    await runQuery(db, db.sql.insertInto("surface_tags").values({ id: companyId, company_id: companyId, name: "pci" }));
    for (const asset_id of [id, fromId]) {
      const link = { company_id: companyId, tag_id: companyId, finding_id: null, asset_id };
      await runQuery(db, db.sql.insertInto("surface_tag_links").values(link));
    }
    const before = await dump(db, companyId);
    await mergeAssets(db, { id, fromId });
    expect(await dump(db, companyId)).not.toEqual(before);
    await undoByAuditLog(db, id);
    const after = await dump(db, companyId);
    const uncounted = (rows: unknown) =>
      (rows as object[]).map((row) => ({ ...row, openFindings: null, worstSeverity: null }));
    expect({ ...after, assets: uncounted(after["assets"]) }).toEqual({
      ...before,
      assets: uncounted(before["assets"]),
    });
  });

  test("leaves imports that can be taken back", async () => {
    const { db } = context;
    const { companyId, id, fromId, first, second } = await twoNames(db);
    await mergeAssets(db, { id, fromId });
    await undoImport(db, { id: second.importId });
    expect(await titles(db, companyId)).toEqual(["both", "only by name"]);
    await undoImport(db, { id: first.importId });
    expect((await getImport(db, { id: first.importId })).status).toBe("undone");
    await expectTrueCounts(db, companyId);
  });

  test("attack: hostile texts of findings go through it unharmed", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const lines = (asset: string) => hostileStrings.map((rule) => ({ rule, asset }));
    await importLines(db, companyId, [...lines(byName), ...lines(byAddress)]);
    await mergeAssets(db, await hostsOf(db, companyId));
    expect(await titles(db, companyId)).toEqual(hostileStrings.toSorted());
  });

  describe("is refused", () => {
    test("for itself, another kind, another company, and one that is ignored alone", async () => {
      const { db } = context;
      const { id: companyId } = await createTestCompany(db);
      const { id } = await makeAsset(db, { companyId });
      const others = [
        id,
        (await makeAsset(db, { companyId, kind: "image" })).id,
        (await makeAsset(db, { companyId: (await createTestCompany(db)).id })).id,
        (await makeAsset(db, { companyId, status: "ignored" })).id,
      ];
      for (const fromId of others) {
        const outcome = mergeAssets(db, { id, fromId });
        await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", issues: [{ field: "fromId" }] });
      }
      const foreign = mergeAssets(db, { id, fromId: others[2] as number }, inCompany(companyId));
      await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND" });
    });
  });
});
