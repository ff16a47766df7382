import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

test("items are findings on services and hosts, tests of audits that passed are checks", async () => {
  const { survey, records } = await readAll(sampleOf("nessus.xml"));
  expect(survey).toMatchObject({
    format: "nessus",
    startedAt: new Date("2026-03-03T05:06:07Z"),
    finishedAt: new Date("2026-03-03T06:06:07Z"),
    counts: { records: 4, raw: { 4: 1, 3: 1, 0: 2 } },
  });
  // The host whose scan did not end is not covered.
  expect(survey.coverage).toEqual({ kind: "named", targets: [{ kind: "host", host: "www.example.org" }] });
  expect(records).toMatchObject([
    {
      rule: { key: "900001", description: "It is old.\n\nVery old.", cwes: ["CWE-79"], tags: ["Web Servers"] },
      asset: { kind: "service", host: "www.example.org", port: 443, transport: "tcp" },
      severity: "critical",
      score: { version: "3.1", base: 9.8 },
      ids: ["CVE-2026-1001", "CVE-2026-1002"],
      knownExploited: true,
      locations: [{ locator: ["192.0.2.7"] }],
      evidence: [{ kind: "output", content: "Version: 1" }],
    },
    { rule: { key: "900002" }, asset: { kind: "host" }, severity: "info" },
    { kind: "finding", rule: { key: "900003:1.1 Passwords", title: "1.1 Passwords" }, severity: "high" },
    { kind: "check", rule: { key: "900003:1.2 Locks" }, outcome: "pass" },
    { kind: "host", host: "www.example.org", names: [{ kind: "reverse", name: "a7.example.net" }] },
    { kind: "host", host: "stopped.example.org" },
  ]);
});

test("rows of the CSV, one for each CVE, are places of one finding", async () => {
  const { survey, records } =
    await readAll(`Plugin ID,CVE,CVSS v2.0 Base Score,Risk,Host,Protocol,Port,Name,Synopsis,Plugin Output
900001,CVE-2026-1001,7.5,High,www.example.org,tcp,443,Old server,"It is old,
really",x
900001,CVE-2026-1002,7.5,High,www.example.org,tcp,443,Old server,It is old,x
900002,,,None,www.example.org,tcp,0,Names,,
900003,,,None,,tcp,0,Nowhere,,
`);
  expect(survey).toMatchObject({ format: "nessus", rejected: 1, counts: { records: 3, raw: { High: 2, None: 1 } } });
  expect(records).toMatchObject([
    { severity: "high", asset: { port: 443 }, ids: ["CVE-2026-1001"], score: { base: 7.5 } },
    { severity: "high", asset: { port: 443 }, ids: ["CVE-2026-1002"], locations: [{ locator: ["www.example.org"] }] },
    { severity: "info", asset: { kind: "host" } },
  ]);
});

test("CSV whose last row is not whole is partial", async () => {
  const { survey, records } = await readAll("Plugin ID,Host,Risk,Port\n1,a.example.org,Low,0\n2,a.exam");
  expect(survey).toMatchObject({ outcome: "partial", coverage: { kind: "none" } });
  expect(records).toHaveLength(1);
});
