import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const tcp = { kind: "service", transport: "tcp", state: "open" };

test("httpx: services that answered, links of names, and targets that did not answer", async () => {
  const { survey, records } = await readAll(sampleOf("httpx.jsonl"));
  expect(survey).toMatchObject({ format: "httpx", coverage: { kind: "hits" }, counts: { records: 3, links: 3 } });
  expect(records).toMatchObject([
    { kind: "host", host: "www.example.org", state: "up" },
    { kind: "link", from: "www.example.org", to: "192.0.2.5", type: "a" },
    { kind: "link", to: "2001:db8::5", type: "aaaa" },
    { kind: "link", to: "edge.example.net", type: "cname" },
    {
      ...tcp,
      host: "www.example.org",
      port: 443,
      product: "nginx",
      details: { title: "Shop", technologies: ["Nginx"] },
    },
    { ...tcp, port: 8443, details: { status: "401" } },
    { kind: "host", host: "old.example.org", state: "down" },
  ]);
});

test("naabu: a port that comes twice is said once, and the old object is read", async () => {
  const { survey, records } = await readAll(sampleOf("naabu.jsonl"));
  expect(survey.counts).toMatchObject({ records: 3, services: 2 });
  expect(records).toMatchObject([
    { kind: "host", host: "www.example.org", addresses: ["192.0.2.5"] },
    { ...tcp, port: 8080 },
    { kind: "host", host: "192.0.2.6" },
    { kind: "service", host: "192.0.2.6", port: 53, transport: "udp" },
  ]);
});

test("masscan: lists that do not end, rows, banners, and XML without states of hosts", async () => {
  const list = await readAll(sampleOf("masscan.json"));
  expect(list.survey).toMatchObject({ format: "masscan", outcome: "read", rejected: 0, counts: { records: 3 } });
  expect(list.records).toMatchObject([
    { ...tcp, host: "192.0.2.8", port: 22 },
    { ...tcp, service: "ssh", details: { banner: "SSH-2.0-x" } },
    { kind: "service", port: 25, state: "closed" },
  ]);
  const rows = await readAll(sampleOf("masscan.rows.jsonl"));
  expect(rows.records).toMatchObject([
    { ...tcp, port: 443 },
    { ...tcp, service: "ssl" },
  ]);
  const run = await readAll(sampleOf("masscan.run.xml"));
  expect(run.survey).toMatchObject({ format: "masscan", coverage: { kind: "hits" } });
  expect(run.records).toMatchObject([
    { kind: "host", state: "up" },
    { ...tcp, port: 25 },
  ]);
});

test("subfinder, dnsx, katana: names are said once, names that are gone, and origins only", async () => {
  const found = await readAll(sampleOf("subfinder.jsonl"));
  expect(found.records).toMatchObject([{ host: "mail.example.org" }, { host: "dev_1.example.org" }]);
  const resolved = await readAll(sampleOf("dnsx.jsonl"));
  expect(resolved.survey.counts).toMatchObject({ hosts: 2, links: 4 });
  expect(resolved.records.at(-1)).toMatchObject({ host: "gone.example.org", state: "gone" });
  const visited = await readAll(sampleOf("katana.jsonl"));
  expect(visited.survey.counts).toMatchObject({ records: 3, hosts: 1, services: 1 });
});

test("amass: the objects of version 3 and the arrows of version 4", async () => {
  const objects = await readAll(sampleOf("amass.jsonl"));
  expect(objects.records).toMatchObject([
    { kind: "host", host: "www.example.org" },
    { kind: "link", to: "192.0.2.5", type: "a" },
    { kind: "host", host: "mail.example.org" },
  ]);
  const arrows = await readAll(`\u001B[32m${sampleOf("amass.arrows.txt")}The enumeration has finished\n`);
  expect(arrows.survey).toMatchObject({ format: "amass", rejected: 1, counts: { records: 5, hosts: 2, links: 1 } });
});

test("xasm: services, CVEs once, public storage and names that give much away", async () => {
  const { survey, records } = await readAll(sampleOf("xasm.json"));
  expect(survey).toMatchObject({
    source: "xasm",
    coverage: { kind: "named", ports: expect.arrayContaining([{ transport: "tcp", from: 443, to: 443 }]) },
  });
  expect(records.filter(({ kind }) => kind === "finding")).toMatchObject([
    {
      rule: { key: "CVE-2026-5555" },
      severity: "critical",
      knownExploited: true,
      asset: { host: "192.0.2.5", port: 443 },
    },
    { rule: { key: "CVE-2026-5556" }, severity: "info" },
    {
      rule: { key: "public-cloud-storage" },
      severity: "high",
      asset: { kind: "resource", name: "AWS/S3/example-files" },
    },
    { rule: { key: "sensitive-subdomain" }, asset: { kind: "host", host: "vpn.example.org" } },
  ]);
  expect(records.filter(({ kind }) => kind === "check")).toMatchObject([{ outcome: "pass" }]);
  const failed = await readAll(sampleOf("xasm.json").replace('"errors":[]', '"errors":["port scan failed"]'));
  expect(failed.survey.coverage).toMatchObject({ kind: "none", reason: "the scan reports errors" });
});

test("lightbox: a finding on each affected asset, and broken entries put nothing in doubt", async () => {
  const { survey, records } = await readAll(sampleOf("lightbox.json"));
  expect(survey).toMatchObject({
    source: "lightbox",
    rejected: 1,
    coverage: { kind: "named" },
    counts: { records: 4 },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "environment-file" },
      context: ["/.env"],
      locations: [{ locator: ["https://www.example.org/.env"] }],
    },
    { rule: { key: "CVE-2026-6666" }, asset: { kind: "host", host: "a.example.org" }, locations: [{ kind: "url" }] },
    { rule: { key: "CVE-2026-6666" }, asset: { kind: "service", port: 8443 }, locations: [{ kind: "address" }] },
    { rule: { key: "missing-header", cwes: ["CWE-693"] }, severity: "low", ids: [] },
  ]);
});
