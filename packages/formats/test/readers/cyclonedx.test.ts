import { packageNames } from "@nerve/formats";
import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const [json, xml] = [sampleOf("cyclonedx.json"), sampleOf("cyclonedx.xml")];

test("each component that a vulnerability affects is a finding, wherever it stands in the bill", async () => {
  const { survey, records } = await readAll(json);
  expect(survey).toMatchObject({
    format: "cyclonedx",
    tool: "maker",
    coverage: { kind: "named", targets: [{ kind: "image", name: "team/shop:2" }] },
    counts: { records: 2, affects: 3, components: 2, analysis: { not_affected: 1 } },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "CVE-2026-3001", cwes: ["CWE-79"] },
      severity: "high",
      score: { base: 9.8 },
      context: ["maven", "org.example/inner"],
      locations: [{ locator: ["1.0", ""] }],
    },
    { context: ["npm", "@scope/leaf"], locations: [{ version: "2.0.0" }] },
    { state: "suppressed", reason: "not_affected: code_not_reachable", severity: "info" },
  ]);
  expect(records.some((record) => "statement" in record && record.statement === true)).toBe(false);
});

test("the extension of version 1.2 puts vulnerabilities into components or beside them, under any prefix", async () => {
  const beside = `<ns0:bom xmlns:ns0="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0">
<ns0:components><ns0:component type="library" bom-ref="leaf"><ns0:group>org.example</ns0:group><ns0:name>leaf</ns0:name><ns0:version>1</ns0:version></ns0:component></ns0:components>
<v:vulnerabilities><v:vulnerability ref="leaf"><v:id>CVE-2026-3003</v:id><v:ratings><v:rating><v:severity>Critical</v:severity></v:rating></v:ratings></v:vulnerability></v:vulnerabilities></ns0:bom>`;
  for (const report of [xml, beside]) {
    const { survey, records } = await readAll(report);
    expect(survey).toMatchObject({ coverage: { kind: "named" }, counts: { records: 1, affects: 1, components: 1 } });
    expect(records).toMatchObject([
      {
        rule: { key: "CVE-2026-3003" },
        severity: "critical",
        context: ["library", "org.example/leaf"],
        locations: [{ version: "1" }],
      },
    ]);
  }
});

test("version 1.4 of XML says what JSON says", async () => {
  const { records } = await readAll(`<bom xmlns="http://cyclonedx.org/schema/bom/1.4">
<components><component type="library" bom-ref="p"><name>p</name><version>3</version><purl>pkg:npm/p@3</purl></component></components>
<vulnerabilities><vulnerability><id>CVE-2026-3004</id>
<ratings><rating><score>5.0</score><method>CVSSv2</method><vector>AV:N/AC:L/Au:N/C:P/I:N/A:N</vector></rating></ratings>
<cwes><cwe>184</cwe></cwes><recommendation>Upgrade</recommendation>
<advisories><advisory><url>https://example.org/4</url></advisory></advisories>
<analysis><state>false_positive</state><detail>a test</detail></analysis>
<affects><target><ref>p</ref></target><target><ref>pkg:npm/q</ref><versions><version><version>7</version><status>affected</status></version><version><version>8</version><status>unaffected</status></version></versions></target></affects>
</vulnerability></vulnerabilities></bom>`);
  expect(records).toMatchObject([
    {
      rule: { remediation: "Upgrade", references: ["https://example.org/4"], cwes: ["CWE-184"] },
      asset: { kind: "repository", name: "" },
      severity: "medium",
      context: ["npm", "p"],
      state: "suppressed",
      reason: "false_positive: a test",
    },
    { context: ["npm", "q"], locations: [{ version: "7" }] },
  ]);
});

test("a VEX states something and covers nothing, nor does a bill that does not speak of vulnerabilities", async () => {
  const bill = (more: object) => JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.4", ...more });
  const vex = await readAll(
    bill({
      vulnerabilities: [
        { id: "CVE-2026-1", analysis: { state: "resolved" }, affects: [{ ref: "urn:cdx:1/1#pkg:npm/p@1" }] },
        { id: "CVE-2026-2" },
        { description: "nothing" },
      ],
    }),
  );
  expect(vex.records).toMatchObject([
    { statement: true, state: "suppressed", context: ["npm", "p"] },
    { statement: true, context: [], locations: [{ locator: [] }] },
  ]);
  expect(vex.survey).toMatchObject({ coverage: { kind: "none" }, rejected: 1 });
  const components = [{ type: "library", name: "p" }];
  expect((await readAll(bill({ components }))).survey.coverage.kind).toBe("none");
  expect((await readAll(bill({ components, vulnerabilities: [] }))).survey.coverage.kind).toBe("named");
});

test("a statement speaks of the version of its package URL, of those that it lists, or of all; ranges are left out and told", async () => {
  const statement = (ref: string, versions: readonly object[] = []) => ({
    ref,
    ...(versions.length > 0 ? { versions } : {}),
  });
  const affects = [
    statement("pkg:npm/all"),
    statement("pkg:npm/one@1"),
    statement("pkg:npm/listed", [
      { version: "1", status: "affected" },
      { version: "2", status: "unaffected" },
      { version: "3", status: "unaffected" },
    ]),
    statement("pkg:npm/range", [{ range: "vers:npm/<2", status: "unaffected" }]),
  ];
  const vulnerabilities = [{ id: "CVE-2026-1", affects }];
  const { records, survey } = await readAll(
    JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.5", vulnerabilities }),
  );
  const located = (...versions: readonly string[]) => versions.map((version) => ({ version }));
  expect(records).toMatchObject([
    { context: ["npm", "all"], state: "present", locations: located("") },
    { context: ["npm", "one"], state: "present", locations: located("1") },
    { context: ["npm", "listed"], state: "present", locations: located("1") },
    { context: ["npm", "listed"], state: "suppressed", locations: located("2", "3") },
  ]);
  expect(survey.warnings.join(" ")).toContain("ranges");
});

test.each([
  ["maven", "org.example/core", ["org.example/core", "org.example:core", "core"]],
  ["deb", "debian/openssl", ["debian/openssl", "openssl"]],
  ["npm", "@scope/name", ["@scope/name"]],
  ["golang", "example.org/a/b", ["example.org/a/b"]],
  ["pypi", "flask", ["flask"]],
])("a package of %s is reported as %s under these names", (type, name, names) => {
  expect(packageNames({ type, name })).toEqual(names);
});
