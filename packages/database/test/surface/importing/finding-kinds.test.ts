import { expect, test } from "vitest";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { importReport, listFindings, undoImport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

describeOnEachEngine("What the findings of an import are about", (context) => {
  const take = (companyId: number, lines: readonly object[]) => {
    const text = lines.map((line) => JSON.stringify({ kind: "finding", severity: "low", ...line })).join("\n");
    return importReport(context.db, { companyId, source: reportOf(text), format: "nerve" });
  };

  async function kindsOf(companyId: number): Promise<Record<string, unknown>> {
    const query = context.db.sql
      .selectFrom("finding_rules")
      .select(["key", "finding_kind", "title"])
      .where("company_id", "=", companyId);
    const rows = await fetchAll(context.db, query);
    return Object.fromEntries(rows.map(({ key, findingKind }) => [key, findingKind]));
  }

  const host = "www.example.org";
  const tls = { source: "testssl", rule: { key: "SSLv3", kind: "weakness", title: "SSL 3" }, asset: host };

  test("is told by tool and rule, by number and subject, by weakness, or not at all", async () => {
    const companyId = await makeCompany(context.db);
    await take(companyId, [
      tls,
      { rule: "CVE-2026-1111", ids: ["CVE-2026-1111"], asset: host },
      {
        rule: "CVE-2026-2222",
        ids: ["CVE-2026-2222"],
        asset: { kind: "image", name: "shop" },
        locations: [{ component: "lib", version: "1" }],
      },
      { rule: { key: "redirect", kind: "weakness", title: "Redirect", cwes: ["CWE-601"] }, asset: host },
      { rule: "something else", asset: host },
    ]);
    expect(await kindsOf(companyId)).toEqual({
      SSLv3: "tls-weak-protocol",
      "CVE-2026-1111": "known-vulnerability",
      "CVE-2026-2222": "vulnerable-dependency",
      redirect: "open-redirect",
      "something else": "unclassified",
    });
  });

  test("stays as it was given, also where the rule's texts change and a person chose it", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await take(companyId, [tls]);
    const chosen = { finding_kind: "outdated-software", finding_kind_chosen: true };
    await runQuery(db, db.sql.updateTable("finding_rules").set(chosen).where("company_id", "=", companyId));
    await take(companyId, [{ ...tls, rule: { ...tls.rule, title: "SSL 3 is offered" } }]);
    const query = db.sql
      .selectFrom("finding_rules")
      .select(["title", "finding_kind"])
      .where("company_id", "=", companyId);
    expect(await fetchAll(db, query)).toEqual([{ title: "SSL 3 is offered", findingKind: "outdated-software" }]);
  });

  const expiry = { source: "testssl", rule: { key: "cert_expirationStatus", kind: "weakness", title: "Expiry" } };
  const saying = (message: string) => ({ ...expiry, asset: host, locations: [{ message }] });

  async function ownKinds(companyId: number): Promise<string[]> {
    const query = context.db.sql
      .selectFrom("findings")
      .select("finding_kind")
      .where("company_id", "=", companyId)
      .orderBy("id");
    return (await fetchAll(context.db, query)).map(({ findingKind }) => findingKind);
  }

  test("is what its rule is about, unless the rule tells of two things; then it follows what the report says", async () => {
    const companyId = await makeCompany(context.db);
    await take(companyId, [tls, saying("expires < 30 days (21)")]);
    expect(await ownKinds(companyId)).toEqual(["tls-weak-protocol", "tls-certificate-expiring"]);
    const { importId } = await take(companyId, [tls, saying("expired")]);
    expect(await ownKinds(companyId)).toEqual(["tls-weak-protocol", "tls-certificate-invalid"]);
    await undoImport(context.db, { id: importId });
    expect(await ownKinds(companyId)).toEqual(["tls-weak-protocol", "tls-certificate-expiring"]);
    const { items } = await listFindings(context.db, { companyId, kind: "tls-certificate-expiring" });
    expect(items).toHaveLength(1);
  });

  test("is what a person chose for its rule, whatever the report says", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await take(companyId, [saying("expired")]);
    const chosen = { finding_kind: "outdated-software", finding_kind_chosen: true };
    await runQuery(db, db.sql.updateTable("finding_rules").set(chosen).where("company_id", "=", companyId));
    await take(companyId, [saying("expires < 30 days (21)")]);
    expect(await ownKinds(companyId)).toEqual(["outdated-software"]);
  });
});
