import { expect, test } from "vitest";
import { findingKey } from "@nerve/formats";
import type { FindingRecord, ScanRecord } from "@nerve/formats";
import { readAll, sampleOf } from "../support/samples.ts";

const keysOf = (records: readonly ScanRecord[]) =>
  new Set(records.filter((record): record is FindingRecord => record.kind === "finding").map((one) => findingKey(one)));

test("gitleaks: a secret of a file is one finding in all of its commits, and never stands in a text", async () => {
  const { survey, records } = await readAll(sampleOf("gitleaks.json"));
  expect(survey).toMatchObject({
    format: "gitleaks",
    coverage: { kind: "hits" },
    counts: { records: 3, byRule: { "cloud-key": 3 }, files: 1 },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "cloud-key", kind: "secret", title: "A key of a cloud" },
      asset: { kind: "repository", name: "" },
      severity: "high",
      secret: "very-invented-1",
      context: ["deploy/run.sh"],
      locations: [{ locator: ["aaaa", "7"], startLine: 7, message: "key = '[masked]'" }],
    },
    { locations: [{ locator: ["bbbb", "7"] }] },
    { context: ["deploy/run.sh", "key = REDACTED"] },
  ]);
  expect(keysOf(records).size).toBe(2);
  expect(records[2]).not.toHaveProperty("secret");
  const said = records.map((record) => JSON.stringify({ ...record, secret: "" })).join("");
  expect(said).not.toMatch(/very-invented|Ada/);
});

test("gitleaks: reports before version 8, and none", async () => {
  const old = {
    rule: "AWS",
    offender: "very-invented-4",
    line: "a=very-invented-4",
    lineNumber: 3,
    file: "a",
    commit: "c",
  };
  const { records } = await readAll(
    JSON.stringify([
      { ...old, repo: "." },
      { ...old, repoURL: "https://git.example.org/a" },
    ]),
  );
  expect(records).toMatchObject([
    { rule: { key: "AWS" }, asset: { name: "" }, secret: "very-invented-4", locations: [{ locator: ["c", "3"] }] },
    { asset: { name: "https://git.example.org/a" } },
  ]);
  expect((await readAll("null", { name: "gitleaks.json" })).survey).toMatchObject({ format: "gitleaks", rejected: 0 });
});

test("trufflehog: secrets are on what was searched, and its log is no reject", async () => {
  const { survey, records } = await readAll(sampleOf("trufflehog.jsonl"));
  expect(survey).toMatchObject({
    format: "trufflehog",
    rejected: 0,
    coverage: { kind: "hits" },
    counts: { records: 2, raw: { verified: 1, unverified: 1 } },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "Cloud", kind: "secret" },
      asset: { kind: "repository", name: "https://github.example.org/team/shop.git" },
      severity: "critical",
      secret: "very-invented-2",
      context: ["a.env"],
      locations: [{ locator: ["cccc", "4"], startLine: 4 }],
    },
    { asset: { kind: "resource", name: "aws/s3/backup" }, severity: "medium", context: ["dump.sql"] },
  ]);
});

test("trufflehog: version 2 has several secrets in a result; images, files and other places", async () => {
  const old = { reason: "High Entropy", path: "b.py", commitHash: "dddd", diff: "x", stringsFound: ["one-1", "two-2"] };
  const { records } = await readAll(`${JSON.stringify(old)}\n{"reason":""}\n`);
  expect(records).toMatchObject([
    { rule: { key: "High Entropy" }, secret: "one-1", locations: [{ locator: ["dddd", ""] }] },
    { secret: "two-2" },
  ]);
  const found = (source: string, data: object) =>
    JSON.stringify({ SourceMetadata: { Data: { [source]: data } }, DetectorName: "D", Raw: "", Redacted: "AK..." });
  const lines = [
    found("Docker", { image: "team/shop", tag: "1", file: "/app/.env" }),
    found("Filesystem", { file: "c.txt", line: 2 }),
    found("Git", { repository: "file:///tmp/clone", file: "d.txt" }),
  ];
  expect((await readAll(lines.join("\n"))).records).toMatchObject([
    { asset: { kind: "image", name: "team/shop" }, context: ["/app/.env", "AK..."] },
    { asset: { kind: "repository", name: "" }, context: ["c.txt", "AK..."] },
    { asset: { kind: "repository", name: "" }, context: ["d.txt", "AK..."] },
  ]);
});
