import { expect, test } from "vitest";
import { inspectReport } from "../../../src/surface/index.ts";
import { linesOf, reportOf } from "../support/reports.ts";

test("Inspecting a report counts its findings as an import would, and shows some of each kind", async () => {
  const lines = linesOf([
    { rule: "a", severity: "low" },
    { rule: "a", severity: "high", at: ["/elsewhere"] },
    ...Array.from({ length: 8 }, (_, index) => ({ rule: `rule-${index}` })),
  ]);
  const { survey, counts, samples } = await inspectReport(reportOf(lines), { format: "nerve" });
  expect(survey).toMatchObject({ format: "nerve", outcome: "read" });
  expect(Object.keys(survey)).not.toContain("plan");
  expect(counts).toEqual({
    records: 10,
    findings: 9,
    severity: { critical: 0, high: 1, medium: 8, low: 0, info: 0 },
    rules: 9,
  });
  expect(samples.finding).toHaveLength(5);
});

test("what a tool says is no longer there is none of its findings", async () => {
  const results = [{ ruleId: "gone", message: { text: "Gone" }, baselineState: "absent" }];
  const report = { version: "2.1.0", runs: [{ tool: { driver: { name: "semgrep" } }, results }] };
  const { counts } = await inspectReport(reportOf(JSON.stringify(report)));
  expect(counts).toMatchObject({ records: 1, findings: 0 });
});

test("what is secret in a report is not shown", async () => {
  const secret = "hunter2-and-more";
  const report = [{ RuleID: "password", File: "a.env", Secret: secret, Match: `pw = ${secret}`, StartLine: 1 }];
  const inspection = await inspectReport(reportOf(JSON.stringify(report)), { format: "gitleaks" });
  expect(inspection.counts.findings).toBe(1);
  expect(JSON.stringify(inspection)).not.toContain(secret);
});

test.each([
  ["no report", "hello", undefined, "FORMAT_UNKNOWN"],
  ["a broken one", `{"runs": [{]}`, "sarif", "REPORT_MALFORMED"],
  ["one of a format that there is not", "{}", "clay-tablet", "FORMAT_UNKNOWN"],
])("inspecting %s is refused", async (_, content, format, code) => {
  await expect(inspectReport(reportOf(content), { format })).rejects.toMatchObject({ code });
});
