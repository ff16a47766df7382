import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

test("an issue is a finding on the service of its host, placed at its path and insertion point", async () => {
  const { survey, records } = await readAll(sampleOf("burp.xml"));
  expect(survey).toMatchObject({
    format: "burp",
    toolVersion: "2026.1",
    finishedAt: new Date("2026-03-03T04:06:07Z"),
    coverage: { kind: "hits" },
    counts: { records: 3, raw: { High: 1, "False positive": 1, Information: 1 }, withRequests: 1 },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "1049088", cwes: ["CWE-89"] },
      asset: { kind: "service", host: "shop.example.org", port: 443 },
      severity: "high",
      confidence: "firm",
      locations: [
        {
          locator: ["/login", "user parameter"],
          url: "https://shop.example.org/login",
          method: "POST",
          address: "192.0.2.7",
        },
      ],
      evidence: [{ kind: "request", content: "POST /login" }],
    },
    { rule: { key: "134217728:Of an extension" }, asset: { port: 8080 }, state: "suppressed" },
    { rule: { key: "134217728:Another" }, severity: "info", state: "present" },
  ]);
});

test("an issue without a type is rejected", async () => {
  const { survey } = await readAll(sampleOf("burp.xml").replace("<type>1049088</type>", ""));
  expect(survey).toMatchObject({ rejected: 1, rejects: [{ reason: "the issue has no type" }], counts: { records: 2 } });
});
