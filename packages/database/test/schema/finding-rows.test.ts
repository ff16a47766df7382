import { beforeAll, describe, expect, test } from "vitest";
import { anyTable } from "../../src/database/any-table.ts";
import { fetchAll, runQuery } from "../../src/database/statement.ts";
import { findings } from "../../src/schema/surface/findings.ts";
import { surfaceTagLinks } from "../../src/schema/surface/triage.ts";
import { tables } from "../../src/schema/tables.ts";
import { importReport } from "../../src/surface/index.ts";
import { createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { makeFinding } from "../support/surface/findings.ts";
import { importLines, makeCompany, reportOf } from "../surface/support/reports.ts";
import { makeWholeFinding } from "../surface/support/whole-finding.ts";

/** Values of a finding that each check refuses. */
const refused: Readonly<Record<string, Record<string, unknown>>> = {
  findings_is_open: { status: "false_positive", is_open: true },
  findings_accepted: { status: "accepted", is_open: false, risk_acceptance_id: null },
  findings_due: { status: "fixed", is_open: false, due_at: new Date("2026-01-01T00:00:00Z") },
  findings_resolved: { status: "resolved", is_open: false, due_at: null, resolved_at: null },
  findings_ordinal: { ordinal: -1 },
  findings_epss: { epss: 1.01 },
  findings_score: { score: 10.1 },
  findings_risk: { risk: 1301 },
};

/** Tables whose rows carry the company of the row that they belong to, with the columns that lead there. */
const children = tables
  .filter(({ module }) => module === "surface")
  .flatMap(({ name, columnList }) => {
    const company = columnList.find((column) => column.name === "company_id");
    if (company === undefined || company.reference !== undefined) return [];
    return columnList.flatMap(({ name: column, reference }) => {
      const parent = reference?.table.name;
      return parent === undefined || parent === "users" ? [] : [{ name, column, parent }];
    });
  });

describeOnEachEngine("Rows of findings", (context) => {
  describe("are refused by each check", () => {
    test("all of which are tried", () => {
      expect(Object.keys(refused).toSorted()).toEqual(findings.checks.map(({ name }) => name).toSorted());
    });

    test.each(Object.entries(refused))("%s", async (name, values) => {
      const { db } = context;
      const { id } = await makeFinding(db, { companyId: await makeCompany(db) });
      const update = anyTable(db).updateTable("findings").set(values).where("id", "=", id);
      await expect(runQuery(db, update)).rejects.toThrow();
      const row = db.sql.selectFrom("findings").select("status").where("id", "=", id);
      expect({ name, rows: await fetchAll(db, row) }).toEqual({ name, rows: [{ status: "open" }] });
    });

    test("of tags: on one thing each", async () => {
      const { db } = context;
      const companyId = await makeCompany(db);
      const { id: userId } = await createTestUser(db, { company_id: companyId });
      await makeWholeFinding(db, companyId, { userId, text: "a" });
      expect(surfaceTagLinks.checks).toHaveLength(1);
      const update = db.sql.updateTable("surface_tag_links").set({ finding_id: null, asset_id: null });
      await expect(runQuery(db, update.where("company_id", "=", companyId))).rejects.toThrow();
    });
  });

  describe("belong to the company of what they are part of", () => {
    beforeAll(async () => {
      const { db } = context;
      for (const companyId of [await makeCompany(db), await makeCompany(db)]) {
        const { id: userId } = await createTestUser(db, { company_id: companyId });
        await makeWholeFinding(db, companyId, { userId, text: "a" });
        await importLines(db, companyId, [{ rule: "a" }]);
        await importLines(db, companyId, []);
        const host = JSON.stringify({ kind: "host", host: "a.example.org", addresses: ["192.0.2.5"] });
        await importReport(db, { companyId, source: reportOf(host), format: "nerve" });
        const passed =
          '"id","fqdn/ip","port","severity","finding","cve","cwe"\n"SSLv2","a.example.org/192.0.2.5","443","OK","not offered","",""\n';
        await importReport(db, { companyId, source: reportOf(passed), format: "testssl" });
        await makeFinding(db, { companyId, status: "accepted" });
      }
    });

    test("and there are many such tables", () => {
      expect(children.length).toBeGreaterThanOrEqual(15);
    });

    test.each(children)("$name by $column", async ({ name, column, parent }) => {
      const { db } = context;
      const rows = anyTable(db)
        .selectFrom(`${name} as child`)
        .innerJoin(`${parent} as parent`, "parent.id", `child.${column}`);
      expect(await fetchAll(db, rows.select("child.id").limit(1))).toHaveLength(1);
      expect(
        await fetchAll(db, rows.select("child.id").whereRef("child.company_id", "<>", "parent.company_id")),
      ).toEqual([]);
    });
  });
});
