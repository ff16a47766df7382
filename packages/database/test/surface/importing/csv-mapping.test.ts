import { expect, test } from "vitest";
import { importReport, listFindings, type ReportToImport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

const table = "Befund,Stufe,Adresse\nOffen,high,https://www.example.org/a\n";
const mapping = { title: "Befund", severity: "Stufe", url: "Adresse" };

describeOnEachEngine("The columns of a table", (context) => {
  const take = (companyId: number, more: Partial<ReportToImport> = {}, text = table) =>
    importReport(context.db, { companyId, source: reportOf(text), format: "csv", ...more });

  test("are said once for a series, which remembers them", async () => {
    const { db } = context;
    const [companyId, other] = [await makeCompany(db), await makeCompany(db)];
    const unknown = { code: "FORMAT_UNKNOWN" };
    await expect(take(companyId, { series: "audit" })).rejects.toMatchObject(unknown);
    await take(companyId, { series: "audit", mapping, dryRun: true });
    await expect(take(companyId, { series: "audit" })).rejects.toMatchObject(unknown);
    expect(await take(companyId, { series: "audit", mapping })).toMatchObject({ created: 1 });
    expect(await take(companyId, { series: "audit" })).toMatchObject({ created: 0, untouched: 1 });
    expect((await listFindings(db, { companyId })).items).toMatchObject([{ title: "Offen", severity: "high" }]);
    for (const [company, series] of [
      [companyId, "another"],
      [other, "audit"],
    ] as const)
      await expect(take(company, { series })).rejects.toMatchObject(unknown);
  });

  test("are those that were said last", async () => {
    const companyId = await makeCompany(context.db);
    await take(companyId, { mapping });
    const turned = "Adresse,Was\nhttps://www.example.org/b,Anders\n";
    expect(await take(companyId, { mapping: { title: "Was", url: "Adresse" } }, turned)).toMatchObject({ created: 1 });
    expect(await take(companyId, {}, turned)).toMatchObject({ created: 0, untouched: 1 });
    await expect(take(companyId)).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
  });
});
