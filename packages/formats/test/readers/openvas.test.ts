import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

test("results are findings by their number; errors and hosts that did not end are not covered", async () => {
  const { survey, records } = await readAll(sampleOf("openvas.xml"));
  expect(survey).toMatchObject({ format: "openvas", counts: { records: 3, raw: { High: 1, Error: 1 } } });
  expect(survey.coverage).toEqual({
    kind: "named",
    targets: ["192.0.2.7", "192.0.2.8", "192.0.2.10"].map((host) => ({ kind: "host", host })),
  });
  expect(records.filter(({ kind }) => kind === "finding")).toMatchObject([
    {
      rule: { key: "1.3.6.1.4.1.25623.1.0.1", description: "It is old.", references: ["https://example.org/old"] },
      asset: { kind: "service", host: "192.0.2.7", port: 443 },
      severity: "critical",
      confidence: "80 %",
      score: { version: "2.0" },
      ids: ["CVE-2026-1001"],
      evidence: [{ content: "Version 1" }],
    },
    { asset: { kind: "host", host: "192.0.2.8" }, state: "suppressed", severity: "info" },
  ]);
  expect(records).toContainEqual(
    expect.objectContaining({ kind: "host", host: "192.0.2.7", names: [{ kind: "reverse", name: "www.example.org" }] }),
  );
});

test("a scan that is not done, and one page of many, cover nothing", async () => {
  const stopped = sampleOf("openvas.xml").replace(">Done<", ">Stopped<");
  const page = sampleOf("openvas.xml").replace('max="-1" start="1"', 'max="3" start="4"');
  for (const text of [stopped, page]) expect((await readAll(text)).survey.coverage.kind).toBe("none");
});

test("CSV has port and transport apart, and the name where there is no address", async () => {
  const { survey, records } =
    await readAll(`IP,Hostname,Port,Port Protocol,CVSS,Severity,QoD,NVT Name,NVT OID,CVEs,Timestamp
192.0.2.7,www.example.org,53,udp,5.0,Medium,80,Open resolver,1.3.6.1.4.1.25623.1.0.4,"CVE-2026-1001,CVE-2026-1002",2026-03-03T05:06:07Z
,b.example.org,,,0.0,Log,80,Names,1.3.6.1.4.1.25623.1.0.5,,
`);
  expect(survey).toMatchObject({ format: "openvas", finishedAt: new Date("2026-03-03T05:06:07Z") });
  expect(records).toMatchObject([
    { asset: { port: 53, transport: "udp" }, severity: "medium", ids: ["CVE-2026-1001", "CVE-2026-1002"] },
    { asset: { kind: "host", host: "b.example.org" }, severity: "info" },
    { kind: "host", host: "192.0.2.7" },
    { kind: "host", host: "b.example.org" },
  ]);
});
