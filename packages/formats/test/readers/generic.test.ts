import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

test("rows are read by their headings, whatever stands between the cells", async () => {
  const { survey, records } = await readAll(sampleOf("csv.given.csv"), { format: "csv" });
  expect(survey).toMatchObject({
    coverage: { kind: "hits" },
    counts: { records: 2, raw: { High: 1, low: 1 } },
    warnings: ["these columns are not read: Owner"],
  });
  expect(records).toMatchObject([
    {
      rule: { key: "CVE-2026-3333", kind: "vulnerability" },
      title: 'Old "server" software',
      severity: "high",
      asset: { kind: "service", host: "www.example.org", port: 8443 },
    },
    { rule: { key: "weak-cipher" }, severity: "low" },
  ]);
});

test("a mapping says what unusual headings mean; without one, the refusal lists them", async () => {
  const text = "Befund,Stufe,Adresse\nOffen,CRITICAL,https://a.example.org/x#y\n";
  await expect(readAll(text, { format: "csv" })).rejects.toMatchObject({
    code: "FORMAT_UNKNOWN",
    message: expect.stringMatching(/Befund, Stufe, Adresse$/),
  });
  const mapping = { title: "befund", severity: "Stufe", url: "Adresse" };
  const { records } = await readAll(text, { format: "csv", mapping });
  expect(records).toMatchObject([
    {
      rule: { key: "offen" },
      severity: "critical",
      asset: { port: 443 },
      locations: [{ locator: ["https://a.example.org/x"] }],
    },
  ]);
});

test("a table is never taken for findings by itself", async () => {
  await expect(readAll("title,severity,host\na,high,b\n")).rejects.toMatchObject({ candidates: ["csv"] });
});

test("records may be written as lines", async () => {
  const { survey, records } = await readAll(`${sampleOf("nerve.jsonl")}{"kind":"finding"}\n`);
  expect(survey).toMatchObject({ format: "nerve", rejected: 1, counts: { records: 6 } });
  expect(records).toMatchObject([
    { rule: { key: "open-redirect", cwes: ["CWE-601"] }, asset: { kind: "service", port: 443 }, context: ["/login"] },
    { rule: { key: "CVE-2026-4444" }, asset: { kind: "image" }, severity: "high", locations: [{ kind: "package" }] },
    { kind: "service", port: 443, state: "open" },
    { kind: "host", addresses: ["192.0.2.5"] },
    { kind: "link", type: "a" },
  ]);
});
