import { expect, test } from "vitest";
import type { FindingRecord } from "@nerve/formats";
import { readAll, sampleOf } from "../support/samples.ts";

const sample = sampleOf("semgrep.json");

test("a result is known by its path and code, and hidden code by its path", async () => {
  const { survey, records } = await readAll(sample);
  expect(survey).toMatchObject({
    format: "semgrep",
    toolVersion: "1.99.0",
    coverage: { kind: "named", targets: [{ kind: "repository", name: "" }], except: ["src/large.js", "src/min.js"] },
    counts: { records: 2, fingerprinted: 1, errors: 1, scanned: 1, raw: { ERROR: 1, INFO: 1 } },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "js.rules.raw-html", title: "Raw html", cwes: ["CWE-79"] },
      severity: "high",
      toolKey: "matchBasedId/v1=abc_0",
      context: ["src/page.js", "write( input )"],
      positional: true,
      locations: [{ locator: ["src/page.js"], startLine: 12, endLine: 12, startColumn: 3 }],
      confidence: "high",
    },
    { severity: "low", toolKey: undefined, context: ["src/page.js", ""], state: "suppressed" },
  ]);
});

test("equal lines of a file are told apart, and a result that came twice is one", async () => {
  const result = (line: number) => ({
    check_id: "r",
    path: "a.py",
    start: { line, col: 1 },
    end: { line, col: 9 },
    extra: { severity: "WARNING", lines: "weak()", message: "m" },
  });
  const report = { errors: [], paths: { scanned: ["a.py"] }, results: [result(1), result(5), result(5)] };
  const { survey, records } = await readAll(JSON.stringify(report));
  expect(survey.repeated).toEqual([{ indexes: [0, 1], lines: [1, 5] }]);
  expect(records).toMatchObject([{ locations: [{ startLine: 1 }] }, { occurrences: 2 }]);
});

test("code that holds a secret is a digest of the identity, and paths of build machines are those of the repository", async () => {
  const extra = {
    severity: "ERROR",
    lines: "  key = 'very-invented-5'",
    message: "A secret",
    metadata: { vulnerability_class: ["Hard-coded Secrets"] },
  };
  const path = "/builds/team/shop/src/a.py";
  const { records } = await readAll(JSON.stringify({ results: [{ check_id: "s", path, extra }], errors: [] }));
  expect(records).toMatchObject([
    { rule: { kind: "secret" }, context: ["src/a.py", ""], secret: "key = 'very-invented-5'" },
  ]);
  expect(JSON.stringify({ ...records[0], secret: "" })).not.toContain("very-invented");
});

test("errors and further pages cover nothing", async () => {
  const of = (more: object) => JSON.stringify({ results: [], paths: { scanned: [] }, errors: [], ...more });
  for (const errors of [[{ level: "error", path: "a.py" }], [{ level: "warn", message: "rule" }], [{}]])
    expect((await readAll(of({ errors }))).survey.coverage).toMatchObject({
      kind: "none",
      reason: "the tool reports errors",
    });
  expect((await readAll(of({}))).survey.coverage.kind).toBe("named");
  const vulnerability = {
    title: "p: bad",
    advisory: {
      ruleId: "ssc-1",
      severity: "SEVERITY_HIGH",
      ecosystem: "npm",
      references: { cveIds: ["CVE-2026-1001"], cweIds: ["CWE-79: x"] },
    },
    repositoryName: "team/shop",
    matchedDependency: { name: "p", versionSpecifier: "1" },
    dependencyFileLocation: { path: "package-lock.json", startLine: 3 },
    triage: { status: "TRIAGE_IGNORED", dismissReason: "test code" },
  };
  const { survey, records } = await readAll(JSON.stringify({ vulns: [vulnerability, {}], hasMore: true, cursor: "x" }));
  expect(survey).toMatchObject({ format: "semgrep", rejected: 1, coverage: { kind: "none" } });
  expect(records).toMatchObject([
    {
      rule: { key: "ssc-1", kind: "vulnerability", cwes: ["CWE-79"] },
      asset: { kind: "repository", name: "team/shop" },
      severity: "high",
      ids: ["CVE-2026-1001"],
      context: ["package-lock.json", "npm", "p"],
      locations: [{ locator: ["1", "package-lock.json"], startLine: 3 }],
      state: "suppressed",
      reason: "test code",
    },
  ]);
});

test("JSON and SARIF of one scan are the same findings", async () => {
  const cwes = ["CWE-79: Cross-site scripting", "CWE-798: Hard-coded credentials"];
  const lines = ["  write(  input )", "key = 'very-invented-6'"];
  const places = lines.map((text, n) => ({ rule: `team.rules.r${n}`, path: `src/${n}.js`, text, id: `${n}f_0` }));
  const json = {
    version: "1.99.0",
    results: places.map(({ rule, path, text, id }, n) => ({
      check_id: rule,
      path: `./${path}`,
      start: { line: 12, col: 3 },
      end: { line: 12, col: 20 },
      extra: {
        severity: "WARNING",
        lines: text,
        fingerprint: id,
        message: "m",
        is_ignored: n > 0,
        metadata: { cwe: cwes[n] },
      },
    })),
    errors: [],
    paths: { scanned: places.map(({ path }) => path) },
  };
  const rules = places.map(({ rule }, n) => ({
    id: rule,
    defaultConfiguration: { level: "warning" },
    properties: { tags: [cwes[n]] },
  }));
  const results = places.map(({ rule, path, text, id }, n) => ({
    ruleId: rule,
    message: { text: "m" },
    fingerprints: { "matchBasedId/v1": id },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: path, uriBaseId: "%SRCROOT%" },
          region: { startLine: 12, endLine: 12, startColumn: 3, endColumn: 20, snippet: { text } },
        },
      },
    ],
    ...(n > 0 ? { suppressions: [{ kind: "inSource" }] } : {}),
  }));
  const run = { tool: { driver: { name: "Semgrep OSS", semanticVersion: "1.99.0", rules } }, results };
  const [one, other] = await Promise.all(
    [json, { version: "2.1.0", runs: [run] }].map(async (report) => readAll(JSON.stringify(report))),
  );
  const samePart = (record: FindingRecord) => {
    const { rule, asset, context, secret, toolKey, severity, state, positional } = record;
    const where = record.locations.map((place) => ({ ...place, detail: undefined }));
    const { key, kind } = rule;
    return { key, kind, cwes: rule.cwes, where, asset, context, secret, toolKey, severity, state, positional };
  };
  const identities = [one, other].map((read) => read?.records.map((record) => samePart(record as FindingRecord)));
  expect(identities[0]).toEqual(identities[1]);
  expect(identities[0]).toMatchObject([
    { context: ["src/0.js", "write( input )"] },
    { context: ["src/1.js", ""], secret: "key = 'very-invented-6'", state: "suppressed" },
  ]);
  expect([one?.survey.source, other?.survey.source]).toEqual(["semgrep", "semgrep"]);
});
