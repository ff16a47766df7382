import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { importReport, type ReportToImport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

interface Told {
  readonly line?: number;
  readonly message?: string;
  readonly level?: string;
  readonly version?: string;
  readonly title?: string;
}

const sarifOf = ({ line = 3, message = "m", level = "warning", version = "1.0", title = "Rule" }: Told = {}) =>
  JSON.stringify({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Lint", version, rules: [{ id: "R", shortDescription: { text: title } }] } },
        results: [
          {
            ruleId: "R",
            level,
            message: { text: message },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: "src/a.ts" },
                  region: { startLine: line, startColumn: line, snippet: { text: "eval(x)" } },
                },
              },
            ],
          },
        ],
      },
    ],
  });

const trivyOf = (tag: string, installed: string, artifact = "registry.example.org/shop") =>
  JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: `${artifact}:${tag}`,
    ArtifactType: "container_image",
    Results: [
      {
        Target: "app/package-lock.json",
        Class: "lang-pkgs",
        Type: "npm",
        Vulnerabilities: [
          { VulnerabilityID: "CVE-2026-1", PkgName: "leaf", InstalledVersion: installed, Severity: "HIGH" },
        ],
      },
    ],
  });

const clusterOf = (name: string) =>
  JSON.stringify({
    ClusterName: name,
    Resources: [
      {
        Namespace: "a",
        Kind: "Pod",
        Name: "p",
        Results: [{ Target: "Pod/p", Misconfigurations: [{ ID: "X1", Severity: "LOW", Status: "FAIL" }] }],
      },
    ],
  });

describeOnEachEngine("What makes a finding the same one", (context) => {
  const take = (companyId: number, text: string, more: Partial<ReportToImport> = {}) =>
    importReport(context.db, { companyId, source: reportOf(text), asNewest: true, ...more });

  async function assetsOf(companyId: number): Promise<string[]> {
    const query = context.db.sql.selectFrom("assets").select(["kind", "key"]).where("company_id", "=", companyId);
    return (await fetchAll(context.db, query.orderBy("id"))).map(({ kind, key }) => `${kind} ${key}`);
  }

  test.each<[string, Told]>([
    ["line and column", { line: 40 }],
    ["message", { message: "Another word" }],
    ["severity", { level: "error" }],
    ["version of the tool", { version: "2.0" }],
    ["title of the rule", { title: "Another title" }],
  ])("is not its %s", async (_, told) => {
    const companyId = await makeCompany(context.db);
    const target = { target: "git.example.org/shop" };
    expect(await take(companyId, sarifOf(), target)).toMatchObject({ created: 1 });
    expect(await take(companyId, sarifOf(told), target)).toMatchObject({ created: 0, untouched: 1, closed: 0 });
  });

  test("is neither the tag of an image nor the version of a package", async () => {
    const companyId = await makeCompany(context.db);
    expect(await take(companyId, trivyOf("1.0", "1.0.0"))).toMatchObject({ created: 1 });
    expect(await take(companyId, trivyOf("2.0", "1.0.1"))).toMatchObject({ created: 0, untouched: 1, closed: 0 });
    expect(await assetsOf(companyId)).toEqual(["image registry.example.org/shop"]);
  });

  test("is the caller's name of an image, a repository and a cluster, where there is one", async () => {
    const companyId = await makeCompany(context.db);
    await take(companyId, trivyOf("1.0", "1.0.0", "localhost/build-7"), { target: "shop" });
    await take(companyId, sarifOf(), { target: "https://user@git.example.org/shop.git" });
    await take(companyId, clusterOf("kind-7"), { target: "blue" });
    expect(await assetsOf(companyId)).toEqual([
      "image shop",
      "repository git.example.org/shop",
      "resource blue/a/Pod/p",
    ]);
    expect(await take(companyId, trivyOf("9", "1.0.0", "localhost/build-8"), { target: "shop" })).toMatchObject({
      created: 0,
      untouched: 1,
    });
  });

  test("is no value that a tool extracted: a place holds those of all its records", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const matches = ["one", "two", "one"].map((value) =>
      JSON.stringify({
        "template-id": "t",
        info: { name: "T", severity: "low" },
        "matched-at": "https://www.example.org/a",
        "extracted-results": [value],
      }),
    );
    expect(await take(companyId, matches.join("\n"))).toMatchObject({ created: 1 });
    const query = db.sql.selectFrom("finding_locations").select(["detail"]).where("company_id", "=", companyId);
    expect(await fetchAll(db, query)).toMatchObject([{ detail: { extracted: ["one", "two"] } }]);
    expect(await take(companyId, matches.join("\n"))).toMatchObject({ untouched: 1, updated: 0 });
  });
});
