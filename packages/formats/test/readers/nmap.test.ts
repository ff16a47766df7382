import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const sample = sampleOf("nmap.xml");

test("a host is what the scan was told to look at, a port of each transport a service, a CVE of vulners a finding", async () => {
  const { survey, records } = await readAll(sample);
  expect(survey).toMatchObject({
    tool: "nmap",
    toolVersion: "7.95",
    finishedAt: new Date(1_790_000_200_000),
    coverage: {
      kind: "named",
      targets: [{ kind: "host", host: "www.example.org" }],
      ports: [
        { transport: "tcp", from: 22, to: 22 },
        { transport: "tcp", from: 80, to: 443 },
      ],
      commands: [{ asset: "", names: ["vulners", "ssl-cert"] }],
    },
    counts: { records: 6, hostsUp: 1, ports: 2, portStates: { open: 1, "open|filtered": 1 }, scripts: 2 },
  });
  expect(records).toMatchObject([
    {
      host: "www.example.org",
      addresses: ["192.0.2.7"],
      names: [
        { kind: "reverse", name: "host-7.example.net" },
        { kind: "certificate", name: "www.example.org" },
        { kind: "certificate", name: "shop.example.org" },
      ],
      details: { mac: "00:00:5E:00:53:07" },
    },
    { kind: "service", port: 443, transport: "tcp", state: "open", product: "Example", probed: true },
    {
      kind: "finding",
      rule: { key: "CVE-2026-7777" },
      severity: "high",
      context: ["example:server"],
      command: "vulners",
      locations: [{ locator: ["192.0.2.7"] }],
    },
    { kind: "service", port: 443, transport: "udp", state: "unknown" },
    { kind: "host", host: "2001:db8::7", state: "down" },
  ]);
});

test.each([
  ["interrupted", sample.replace(/<runstats>.*<\/runstats>/s, "")],
  ["cut off", sample.slice(0, sample.indexOf('<host><status state="down"'))],
  [
    "with progress in the middle of a tag",
    sample.replace('<host><status state="down"', '<host><status <taskprogress task="x"/> state="down"'),
  ],
])("a report that is %s is partial, keeps what was whole, and covers nothing", async (_way, text) => {
  const { survey, records } = await readAll(text);
  expect(survey).toMatchObject({ outcome: "partial", rejected: 1, coverage: { kind: "none" } });
  expect(records.length).toBeGreaterThanOrEqual(4);
});

test("a scan without scripts does not speak of what scripts found", async () => {
  const { survey } = await readAll(sample.replaceAll(/<script.*?<\/script>|<script[^>]*\/>| --script=\S+/gs, ""));
  expect(survey.coverage).toMatchObject({ kind: "named", commands: [] });
});

test("a scan that ended with an error covers nothing", async () => {
  const { survey } = await readAll(sample.replace('exit="success"', 'exit="error"'));
  expect(survey).toMatchObject({ outcome: "read", coverage: { kind: "none", reason: "the scan ended with an error" } });
});

test("what the library of vulnerabilities says, in its words", async () => {
  const said = (key: string, state: string, more = "") =>
    `<script id="http-example" output="Risk factor: Medium"><table key="${key}"><elem key="title">Made up</elem><elem key="state">${state}</elem>${more}</table></script>`;
  const ids = '<table key="ids"><elem>CVE:CVE-2026-8888</elem></table>';
  const scripts = [
    said("A", "LIKELY VULNERABLE", ids),
    said("B", "NOT VULNERABLE"),
    said("C", "VULNERABLE (Exploitable)"),
  ];
  const { records } = await readAll(
    sample
      .replace("</port><port", "</port>")
      .replace('<script id="ssl-cert"', `${scripts.join("")}<script id="ssl-cert"`),
  );
  expect(records.filter((record) => record.kind === "finding" || record.kind === "check")).toMatchObject([
    { rule: { key: "CVE-2026-7777" } },
    { kind: "finding", rule: { key: "CVE-2026-8888", title: "Made up" }, severity: "medium", ids: ["CVE-2026-8888"] },
    { kind: "check", rule: { key: "http-example" }, outcome: "pass" },
    { kind: "finding", rule: { key: "http-example" }, severity: "medium" },
  ]);
});

test("vulners of old versions writes text", async () => {
  const output =
    "&#xa; cpe:/a:example:server:2.1: &#xa;  &#x9;CVE-2026-7778&#x9;5.0&#x9;https://vulners.com/cve/CVE-2026-7778";
  const { records } = await readAll(
    sample.replace(/<script id="vulners".*?<\/script>/s, `<script id="vulners" output="${output}"/>`),
  );
  expect(records[2]).toMatchObject({ rule: { key: "CVE-2026-7778" }, severity: "medium", context: ["example:server"] });
});
