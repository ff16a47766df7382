import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { getFindingEvidence, importReport, listFindings } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

const secret = ["moon", "river", "dance", "seven"].join("-");

/** A report of one weakness at some addresses, each shown by its request. */
const sarifOf = (paths: readonly string[], nonce: string) =>
  JSON.stringify({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Web" } },
        results: paths.map((path) => ({
          ruleId: "R",
          message: { text: "m" },
          locations: [{ physicalLocation: { artifactLocation: { uri: `https://www.example.org/${path}` } } }],
          webRequest: {
            method: "POST",
            target: `https://www.example.org/${path}?nonce=${nonce}`,
            headers: { Authorization: `Bearer ${secret}` },
            body: { text: `password=${secret}&nonce=${nonce}` },
          },
        })),
      },
    ],
  });

describeOnEachEngine("Evidence of an import", (context) => {
  const take = (companyId: number, text: string) =>
    importReport(context.db, { companyId, source: reportOf(text), complete: true, asNewest: true });

  async function storedOf(companyId: number) {
    const query = context.db.sql
      .selectFrom("finding_evidence")
      .select(["finding_id", "import_id", "masked"])
      .where("company_id", "=", companyId)
      .orderBy("id");
    return fetchAll(context.db, query);
  }

  test("is masked, and kept when a finding is first seen and when it comes back, not whenever it is seen", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const first = await take(companyId, sarifOf(["a"], "1"));
    const again = await take(companyId, sarifOf(["a"], "2"));
    expect(again).toMatchObject({ untouched: 1, updated: 0 });
    expect((await storedOf(companyId)).map(({ importId }) => importId)).toEqual([first.importId]);
    await take(companyId, sarifOf([], ""));
    const back = await take(companyId, sarifOf(["a"], "3"));
    expect(back).toMatchObject({ reactivated: 1 });
    expect((await storedOf(companyId)).map(({ importId }) => importId)).toEqual([first.importId, back.importId]);
    const [finding] = (await listFindings(db, { companyId })).items;
    const { items } = await getFindingEvidence(db, { id: finding?.id as number });
    expect(items).toHaveLength(2);
    for (const { text, masked } of items) {
      expect(text).not.toContain(secret);
      expect(text).toContain("nonce=");
      expect(masked).toBeGreaterThanOrEqual(2);
    }
  });

  test("is ten pieces of a finding at most, however often it comes back", async () => {
    const companyId = await makeCompany(context.db);
    const zapOf = (from: number, count = 7) => {
      const instances = Array.from({ length: count }, (_, at) => from + at).map(
        (at) =>
          `<instance><uri>https://www.example.org/${at}</uri><method>GET</method><requestheader>GET /${at} HTTP/1.1</requestheader></instance>`,
      );
      const alert = `<alertitem><pluginid>1</pluginid><name>N</name><riskcode>1</riskcode><confidence>2</confidence><instances>${instances.join("")}</instances><count>${count}</count></alertitem>`;
      return `<OWASPZAPReport programName="ZAP" version="2.16.1"><site name="https://www.example.org" host="www.example.org" port="443" ssl="true"><alerts>${count === 0 ? "" : alert}</alerts></site></OWASPZAPReport>`;
    };
    await take(companyId, zapOf(0));
    expect(await storedOf(companyId)).toHaveLength(7);
    for (const from of [100, 200]) {
      expect(await take(companyId, zapOf(0, 0))).toMatchObject({ closed: 1 });
      expect(await take(companyId, zapOf(from))).toMatchObject({ reactivated: 1 });
      expect(await storedOf(companyId)).toHaveLength(10);
    }
  });
});
