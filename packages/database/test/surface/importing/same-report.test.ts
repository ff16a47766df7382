import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { importReport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

const folder = join(import.meta.dirname, "../../../../formats/test/samples");
/** Rows of any tool need to be told which column is which. */
const mapping = { rule: "Rule", asset: "Asset", severity: "Severity", title: "Title" };

describeOnEachEngine("The same report again", (context) => {
  test.each(readdirSync(folder))("changes nothing: %s", async (file) => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const options = {
      companyId,
      source: reportOf(readFileSync(join(folder, file)), file),
      target: "https://shop.example.org",
      asNewest: true,
      ...(file.startsWith("csv.") ? { mapping, format: "csv" } : {}),
    };
    const first = await importReport(db, options);
    expect(first.created).toBe(first.findings);
    const again = await importReport(db, options);
    expect(again).toMatchObject({
      findings: first.findings,
      untouched: first.findings,
      created: 0,
      reactivated: 0,
      updated: 0,
      rescored: 0,
      closed: 0,
      services: { opened: 0, closed: 0 },
      exposures: { opened: 0, closed: 0 },
    });
    const history = db.sql.selectFrom("finding_history").select("id").where("company_id", "=", companyId);
    expect(await fetchAll(db, history)).toEqual([]);
  });
});
