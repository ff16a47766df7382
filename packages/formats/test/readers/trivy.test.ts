import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const sample = sampleOf("trivy.json");
const image = { kind: "image", name: "registry.example.org:5000/team/shop:1.2" };

test("vulnerabilities, misconfigurations, secrets and licences of an image", async () => {
  const { survey, records } = await readAll(sample);
  expect(survey).toMatchObject({
    format: "trivy",
    tool: "Trivy",
    startedAt: new Date("2026-03-04T05:06:07Z"),
    coverage: { kind: "named", targets: [image] },
    counts: {
      records: 8,
      byType: { Vulnerabilities: 4, Misconfigurations: 2, Secrets: 1, Licenses: 1 },
      statuses: { fixed: 1, not_affected: 1, none: 2, "config FAIL": 1, "config PASS": 1 },
    },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "CVE-2026-1001", kind: "vulnerability", cwes: ["CWE-787"] },
      asset: image,
      title: "CVE-2026-1001 in libtree",
      severity: "info",
      score: { version: "2.0", base: 10 },
      ids: ["CVE-2026-1001"],
      context: ["debian", "libtree"],
      locations: [{ locator: ["1.0-1", ""], component: "libtree", fixedVersion: "1.0-2" }],
      state: "present",
    },
    { rule: { key: "CVE-2026-1002" }, state: "suppressed", reason: "The vendor says that it is not affected" },
    { context: ["node-pkg", "leaf"], locations: [{ locator: ["2.0.0", "app/2.0.0/package.json"] }] },
    { context: ["node-pkg", "leaf"], locations: [{ locator: ["3.0.0", "app/3.0.0/package.json"] }] },
    { rule: { key: "DS900" }, context: ["Dockerfile", ""], positional: true, locations: [{ message: "Name one" }] },
    { kind: "check", rule: { key: "DS901" }, outcome: "pass" },
    { rule: { key: "cloud-key", kind: "secret" }, context: ["/app/config.yml", "key: *****"] },
    { rule: { key: "GPL-3.0", kind: "licence" }, context: ["", "leaf"], title: "Licence GPL-3.0 of leaf" },
  ]);
});

test("resources of a cluster are assets of their own, and one that failed is not covered", async () => {
  const cause = { Resource: "web", Code: { Lines: [{ Content: "kind: Pod" }, { Content: "  root: true" }] } };
  const misconfiguration = { AVDID: "AVD-X-1", ID: "X1", Severity: "LOW", CauseMetadata: cause };
  const { survey, records } = await readAll(
    JSON.stringify({
      ClusterName: "blue",
      Resources: [
        {
          Namespace: "a",
          Kind: "Pod",
          Name: "p",
          Results: [{ Target: "Pod/p", Misconfigurations: [misconfiguration] }],
        },
        {
          Kind: "ClusterRole",
          Name: "r",
          Results: [{ Misconfigurations: [misconfiguration], Target: "ClusterRole/r" }],
        },
        { Namespace: "a", Kind: "Pod", Name: "q", Error: "no image" },
      ],
    }),
  );
  expect(records).toMatchObject([
    { rule: { key: "AVD-X-1" }, asset: { kind: "resource", name: "blue/a/Pod/p" }, context: ["Pod/p", "web"] },
    {
      asset: { name: "blue//ClusterRole/r" },
      context: ["ClusterRole/r", "web"],
      evidence: [{ content: "kind: Pod\n  root: true" }],
    },
  ]);
  expect(survey.coverage).toMatchObject({
    kind: "named",
    targets: [{ name: "blue/a/Pod/p" }, { name: "blue//ClusterRole/r" }],
  });
});

test("an old list names its image in passing, and a lock file names nothing", async () => {
  const found = { VulnerabilityID: "CVE-2020-1", PkgName: "p", InstalledVersion: "1", Severity: "HIGH" };
  const list = [
    { Target: "team/shop:1 (alpine 3.9.4)", Type: "alpine", Vulnerabilities: [found] },
    { Target: "app/package-lock.json", Type: "npm", Vulnerabilities: [found] },
  ];
  const { records } = await readAll(JSON.stringify(list));
  expect(records).toMatchObject([
    { asset: { kind: "image", name: "team/shop:1" }, locations: [{ locator: ["1", ""] }] },
    { asset: { kind: "image", name: "team/shop:1" }, locations: [{ locator: ["1", "app/package-lock.json"] }] },
  ]);
  const code = await readAll(JSON.stringify(list.slice(1)));
  expect(code.records).toMatchObject([{ asset: { kind: "repository", name: "" } }]);
  const none = await readAll("null", { name: "trivy.json" });
  expect(none.survey).toMatchObject({ format: "trivy", coverage: { kind: "none" }, counts: {} });
});

test("what an ignore file took out is suppressed, nothing found is a clean scan, and entries without a rule are rejects", async () => {
  const found = { VulnerabilityID: "CVE-2020-1", PkgName: "p", InstalledVersion: "1", Severity: "HIGH" };
  const of = (results: unknown) =>
    JSON.stringify({ SchemaVersion: 2, ArtifactName: ".", ArtifactType: "filesystem", Results: results });
  const ignored = { Type: "vulnerability", Status: "ignored", Statement: "not used", Finding: found };
  const { records, survey } = await readAll(
    of([{ Target: "go.mod", ExperimentalModifiedFindings: [ignored, {}], Vulnerabilities: [{}, 1] }]),
  );
  expect(records).toMatchObject([{ state: "suppressed", reason: "not used", locations: [{ path: "go.mod" }] }]);
  expect(survey).toMatchObject({ rejected: 3, coverage: { kind: "none" } });
  for (const results of [undefined, null, [], [{ Target: "go.mod" }]])
    expect((await readAll(of(results))).survey).toMatchObject({
      format: "trivy",
      coverage: { kind: "named", targets: [{ kind: "repository", name: "" }] },
    });
});
