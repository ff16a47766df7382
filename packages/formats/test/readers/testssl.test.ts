import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const expected = [
  { kind: "check", rule: { key: "SSLv2" }, outcome: "pass" },
  {
    kind: "finding",
    rule: { key: "cert_expirationStatus" },
    asset: { kind: "service", host: "www.example.org", port: 443 },
    severity: "high",
    locations: [{ locator: ["192.0.2.7"], message: "expires < 30 days (21)" }],
  },
];

test("rows with a grade are findings, the others and those of the rating are checks", async () => {
  const { survey, records } = await readAll(sampleOf("testssl.csv"));
  expect(survey).toMatchObject({
    format: "testssl",
    coverage: { kind: "named", targets: [{ host: "www.example.org", port: 443 }] },
    counts: { records: 6, byType: { check: 3, finding: 3 }, fatal: 0 },
  });
  expect(records).toMatchObject([
    { kind: "check", rule: { key: "engine_problem" }, asset: { kind: "unnamed" }, outcome: "warn" },
    ...expected,
    { rule: { key: "cert_expirationStatus" }, severity: "medium", locations: [{ locator: ["192.0.2.8"] }] },
    { rule: { cwes: ["CWE-20"] }, ids: ["CVE-2026-1001", "CVE-2026-1002"], severity: "low" },
    { kind: "check", rule: { key: "overall_grade" }, outcome: "warn" },
  ]);
});

const rows = [
  { id: "SSLv2", severity: "OK", finding: "not offered" },
  { id: "cert_expirationStatus <hostCert#1>", severity: "HIGH", finding: "expires < 30 days (21)" },
];
const host = { targetHost: "www.example.org", ip: "192.0.2.7", port: "443" };
const pretty = {
  Invocation: "testssl.sh",
  version: "3.2",
  startTime: "1772514367",
  scanResult: [{ ...host, protocols: rows }],
};

test("the flat and the pretty JSON give the same records", async () => {
  const flat = rows.map((row) => ({ ...row, ip: `${host.targetHost}/${host.ip}`, port: host.port }));
  for (const report of [flat, pretty]) {
    const { survey, records } = await readAll(JSON.stringify(report));
    expect(survey).toMatchObject({ format: "testssl", outcome: "read", coverage: { kind: "named" } });
    expect(records).toMatchObject(expected);
  }
});

test("JSON that lacks commas and brackets is read line by line, and is partial", async () => {
  const text = JSON.stringify(pretty, null, 2);
  const broken = text.replace('"scanResult": [', '"scanResult": [\n  "clientProblem1": [\n').replace("},\n", "}\n");
  const { survey, records } = await readAll(broken);
  expect(survey).toMatchObject({ format: "testssl", outcome: "partial", coverage: { kind: "none" } });
  expect(records).toMatchObject(expected);
});

test("a host that could not be scanned, and a scan that was interrupted, cover nothing", async () => {
  const header = sampleOf("testssl.csv").split("\n", 1)[0];
  const problem = '"scanProblem","a.example.org/192.0.2.7","443","FATAL","Cannot connect","",""';
  const interrupted = '"scanTime","a.example.org/192.0.2.7","443","WARN","Scan interrupted","",""';
  for (const row of [problem, interrupted]) {
    const { survey, records } = await readAll(`${header}\n${row}\n`);
    expect(survey).toMatchObject({ outcome: "read", coverage: { kind: "none" } });
    expect(records).toMatchObject([{ kind: "check", outcome: "warn" }]);
  }
});
