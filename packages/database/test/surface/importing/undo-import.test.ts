import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { anyTable } from "../../../src/database/any-table.ts";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { tenancy } from "../../../src/access/tenancy.ts";
import { tables } from "../../../src/schema/tables.ts";
import {
  addFindingNote,
  assignFindings,
  importReport,
  listFindings,
  listImports,
  setSeverity,
  tagFindings,
  undoImport,
} from "../../../src/surface/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { importLines, linesOf, makeCompany, reportOf } from "../support/reports.ts";

const sample = (name: string) => readFileSync(join(import.meta.dirname, "../../../../formats/test/samples", name));

/** What an import leaves behind that is undone: that it was there. */
const kept = new Set(["scan_imports", "finding_change_sets", "finding_history", "audit_logs", "import_changes"]);
const compared = tables.filter(
  ({ name, module }) => module === "surface" && tenancy[name] !== "global" && !kept.has(name),
);

function without(row: object, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([key]) => key !== name));
}

/** All rows of a company, without the stamps of their last change. */
async function dump(db: Database, companyId: number): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name } of compared) {
    const query = anyTable(db).selectFrom(name).selectAll().where("company_id", "=", companyId).orderBy("id");
    const rows = await fetchAll(db, query);
    found[name] = rows.map((row) => without(row, "updatedAt"));
  }
  // Which import came before the one before is not known any more.
  for (const row of found["finding_locations"] as Record<string, unknown>[]) delete row["previousImportId"];
  // A count that has gone to nothing is as good as none, and one that came back has another id.
  found["finding_counts"] = (found["finding_counts"] as { id: number; findings: number }[])
    .filter(({ findings }) => findings > 0)
    .map((count) => JSON.stringify(without(count, "id")))
    .toSorted();
  return found;
}

describeOnEachEngine("Undo", (context) => {
  test("leaves a finding that another series has seen since, until that is taken back as well", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const first = await importLines(db, companyId, [{ rule: "both" }, { rule: "first only" }], { series: "first" });
    const second = await importLines(db, companyId, [{ rule: "both", at: ["/there"] }], { series: "second" });
    expect(second).toMatchObject({ created: 0, untouched: 1 });
    expect(await undoImport(db, { id: first.importId })).toMatchObject({ withdrawn: 1, kept: 1 });
    const { items } = await listFindings(db, { companyId });
    expect(items).toMatchObject([{ status: "open", firstImportId: second.importId }]);
    const places = db.sql.selectFrom("finding_locations").select("url").where("company_id", "=", companyId);
    expect(await fetchAll(db, places)).toEqual([{ url: "https://www.example.org/there" }]);
    await expectTrueCounts(db, companyId);
    expect(await undoImport(db, { id: second.importId })).toMatchObject({ withdrawn: 1, kept: 0 });
    expect((await listFindings(db, { companyId })).items).toEqual([]);
    await expectTrueCounts(db, companyId);
  });

  test("leaves every table as it was, whatever the import changed", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const first = [
      { rule: "stays", at: ["/a", "/b"] },
      { rule: "goes" },
      { rule: "worsens", severity: "low" },
      { rule: "moves", at: ["/old"] },
    ];
    await importLines(db, companyId, first);
    await importReport(db, { companyId, source: reportOf(sample("nmap.xml")) });
    const before = await dump(db, companyId);
    expect(before["findings"]).not.toEqual([]);
    const second = [
      { rule: "stays", at: ["/a", "/c"] },
      { rule: "worsens", severity: "critical" },
      { rule: "moves", at: ["/new"] },
      { rule: "new", asset: "https://new.example.org" },
    ];
    const receipt = await importLines(db, companyId, second);
    expect(receipt).toMatchObject({ created: 1, closed: 1, rescored: 1 });
    const undone = await undoImport(db, { id: receipt.importId });
    expect(undone).toMatchObject({ withdrawn: 1, restored: 1, kept: 0 });
    expect(await dump(db, companyId)).toEqual(before);
    await expect(undoImport(db, { id: receipt.importId })).rejects.toMatchObject({ code: "UNDO_BLOCKED" });
  });

  test.each(["nessus.xml", "trivy.json", "testssl.csv", "httpx.jsonl", "sarif.sarif"])(
    "takes all of %s back from a company that had nothing",
    async (name) => {
      const { db } = context;
      const companyId = await makeCompany(db);
      const { importId } = await importReport(db, { companyId, source: reportOf(sample(name), name), target: "shop" });
      await undoImport(db, { id: importId });
      const { scan_series: series, ...rest } = await dump(db, companyId);
      expect(series).toHaveLength(1);
      expect(Object.values(rest).flat()).toEqual([]);
    },
  );

  test("is refused while a later import of the series stands, which it names", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const first = await importLines(db, companyId, [{ rule: "one" }]);
    const later = await importLines(db, companyId, [{ rule: "one" }]);
    const refused = undoImport(db, { id: first.importId });
    await expect(refused).rejects.toMatchObject({ code: "UNDO_BLOCKED" });
    await expect(refused).rejects.toThrow(String(later.importId));
    await undoImport(db, { id: later.importId });
    await undoImport(db, { id: first.importId });
    expect((await dump(db, companyId))["findings"]).toEqual([]);
  });

  test.each<[string, (db: Database, id: number, companyId: number) => Promise<unknown>]>([
    ["a note", (db, id) => addFindingNote(db, { id, body: "Looked at." })],
    ["a tag", (db, id) => tagFindings(db, { ids: [id], add: ["kept"] })],
    ["a severity", (db, id) => setSeverity(db, { id, severity: "low", reason: "It is harmless." })],
    [
      "an assignment",
      async (db, id, company_id) =>
        assignFindings(db, { ids: [id], userId: (await createTestUser(db, { company_id })).id }),
    ],
  ])("keeps what it opened and %s is on", async (_, touch) => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const { importId } = await importLines(db, companyId, [{ rule: "one" }, { rule: "two" }]);
    const [touched] = (await listFindings(db, { companyId })).items;
    await touch(db, touched?.id as number, companyId);
    expect(await undoImport(db, { id: importId })).toMatchObject({ withdrawn: 1, kept: 1 });
    expect((await listFindings(db, { companyId })).items.map(({ id }) => id)).toEqual([touched?.id]);
    await expectTrueCounts(db, companyId);
  });

  test("brings back what it resolved, also where a note, a tag and an assignment are on it", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "one" }]);
    const { id } = (await listFindings(db, { companyId })).items[0] as { id: number };
    await addFindingNote(db, { id, body: "Looked at." });
    await tagFindings(db, { ids: [id], add: ["kept"] });
    const { importId } = await importLines(db, companyId, []);
    const { id: userId } = await createTestUser(db, { company_id: companyId });
    await assignFindings(db, { ids: [id], userId });
    expect(await undoImport(db, { id: importId })).toMatchObject({ restored: 1, kept: 0 });
    const { items } = await listFindings(db, { companyId });
    expect(items).toMatchObject([{ id, status: "open", assignedToUserId: userId }]);
    await expectTrueCounts(db, companyId);
  });

  test("keeps the severity that a person laid down on what it changed", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "one", severity: "low" }]);
    const { importId } = await importLines(db, companyId, [{ rule: "one", severity: "high" }]);
    const { id } = (await listFindings(db, { companyId })).items[0] as { id: number };
    await setSeverity(db, { id, severity: "critical", reason: "It is on the way to the payments." });
    expect(await undoImport(db, { id: importId })).toMatchObject({ restored: 0, kept: 1 });
    const { items } = await listFindings(db, { companyId });
    expect(items).toMatchObject([{ severity: "critical", severityOverridden: true }]);
    await expectTrueCounts(db, companyId);
  });

  test("keeps what a person rated between two slices of the import", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const rateFirst = async () => {
      const find = async () => (await listFindings(db, { companyId })).items[0];
      const found = await vi.waitUntil(find, { timeout: 20_000 });
      await setSeverity(db, { id: found.id, severity: "low", reason: "It is harmless." });
    };
    const hasBegun = async () => (await listImports(db, { companyId })).items.length > 0;
    const source = {
      async *open() {
        // The first 64 KiB are read before any of them is merged.
        yield new TextEncoder().encode(`${linesOf([{ rule: "one" }])}${" ".repeat(70_000)}\n`);
        if (await hasBegun()) await rateFirst();
        yield new TextEncoder().encode(linesOf([{ rule: "two" }]));
      },
    };
    const { importId, created } = await importReport(db, { companyId, format: "nerve", source, sliceRecords: 1 });
    expect(created).toBe(2);
    expect(await undoImport(db, { id: importId })).toMatchObject({ withdrawn: 1, kept: 1 });
    expect((await listFindings(db, { companyId })).items).toMatchObject([
      { severity: "low", severityOverridden: true },
    ]);
  });

  test("is none across companies", async () => {
    const { db } = context;
    const { importId } = await importLines(db, await makeCompany(db), [{ rule: "one" }]);
    const { inCompany } = await import("../../support/people/callers.ts");
    const other = inCompany(await makeCompany(db));
    await expect(undoImport(db, { id: importId }, other)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("The tables that undo is measured by", () => {
  test("are most of the module", () => {
    expect(compared.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["assets", "findings", "finding_locations"]),
    );
  });
});
