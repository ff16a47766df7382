import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const sample = sampleOf("nuclei.jsonl");

test("a match is a finding on the service of what it matched, in both spellings", async () => {
  const { survey, records } = await readAll(sample);
  expect(survey).toMatchObject({
    format: "nuclei",
    source: "nuclei",
    outcome: "read",
    rejected: 0,
    startedAt: new Date("2026-03-04T05:06:07Z"),
    coverage: { kind: "hits" },
    counts: { records: 2, raw: { medium: 1, unknown: 1 } },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "git-config", kind: "exposure", title: "Git configuration" },
      asset: { kind: "service", host: "shop.example.org", port: 443, transport: "tcp" },
      severity: "medium",
      context: ["dump"],
      locations: [{ kind: "url", locator: ["https://shop.example.org/.git/config"] }],
      line: 2,
    },
    {
      rule: { key: "CVE-2026-1111", kind: "vulnerability" },
      asset: { kind: "service", host: "shop.example.org", port: 22 },
      ids: ["CVE-2026-1111"],
      severity: "info",
      score: { version: "3.1", base: 9.8 },
      context: [],
      locations: [{ kind: "address" }],
    },
  ]);
});

test("a list, and objects over several lines, are read as lines are", async () => {
  const match = { "template-id": "t", info: { name: "T", severity: "high" }, "matched-at": "a.example.org:8080" };
  const other = { ...match, "matched-at": "/http://b_1/x" };
  const pretty = [match, other].map((one) => JSON.stringify(one, null, 2)).join("\n");
  const ways = [JSON.stringify([match, other]), pretty, `${JSON.stringify(match)}\n${JSON.stringify(other)}`];
  for (const way of ways) {
    const { records } = await readAll(way);
    expect(records).toMatchObject([
      { asset: { kind: "service", host: "a.example.org", port: 8080 } },
      { asset: { kind: "service", host: "b_1", port: 80 }, locations: [{ url: "http://b_1/x" }] },
    ]);
  }
});

test("what a template says of itself may be a word or a list, or nothing", async () => {
  const info = {
    name: "T",
    severity: "low",
    description: null,
    reference: "https://example.org/1",
    tags: ["a", "b"],
    classification: { "cve-id": ["CVE-2026-1111"], "cwe-id": ["cwe-79", "NVD-CWE-noinfo"] },
  };
  const { records } = await readAll(JSON.stringify({ "template-id": "t", info, "matched-at": "a.example.org:80" }));
  expect(records).toMatchObject([
    {
      rule: { references: ["https://example.org/1"], tags: ["a", "b"], cwes: ["CWE-79"] },
      ids: ["CVE-2026-1111"],
    },
  ]);
});

test("a match without a target is on an unnamed asset, one without a template is rejected, and no match is a check", async () => {
  const { survey, records } = await readAll(
    `{"template-id":"t","info":{"severity":"info"},"extracted-results":["x"]}
{"info":{"severity":"info"}}
{"template-id":"t","info":{},"host":"c.example.org","matcher-status":false}
{"template-id":"t","in`,
  );
  expect(records).toMatchObject([
    { kind: "finding", asset: { kind: "unnamed" }, locations: [{ locator: [] }] },
    { kind: "check", outcome: "pass", asset: { kind: "host", host: "c.example.org" } },
  ]);
  expect(survey).toMatchObject({
    outcome: "read",
    rejected: 2,
    rejects: [
      { place: "line 2", reason: "the match names no template" },
      { place: "line 4", reason: "the line is no object of JSON" },
    ],
  });
});
