import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

test("an alert is a finding of its site, and its instances are places without the values of their queries", async () => {
  const { survey, records } = await readAll(sampleOf("zap.xml"));
  expect(survey).toMatchObject({
    format: "zap",
    source: "zap",
    toolVersion: "2.16.1",
    finishedAt: new Date("2026-03-03T05:06:07Z"),
    coverage: { kind: "named", targets: [{ host: "shop.example.org" }, { host: "quiet.example.org", port: 8080 }] },
    counts: {
      records: 2,
      raw: { 3: 1, 0: 1 },
      instances: 4,
      counted: 10,
      truncatedAlerts: 1,
      withRequests: 1,
      sites: 2,
    },
  });
  expect(records).toMatchObject([
    {
      rule: {
        key: "40012-1",
        description: "Markup of a <form>\ncomes back",
        references: ["https://example.org/xss"],
        cwes: ["CWE-79"],
      },
      asset: { kind: "service", host: "shop.example.org", port: 443 },
      severity: "high",
      sampled: true,
      state: "present",
      locations: [{ locator: ["GET", "/find", "page&q", "q"] }, { locator: ["GET", "/", "", "q"] }],
      evidence: [
        { kind: "output", content: "Attack: <b>\n\n<b>", location: 0 },
        { kind: "request", location: 0 },
      ],
    },
    { rule: { key: "10096" }, severity: "info", state: "suppressed", locations: [{ locator: ["", "/a", "", ""] }] },
  ]);
});

test("JSON with a list of sites, or with a single site, gives the same finding", async () => {
  const alert = {
    pluginid: "7",
    name: "Seven",
    riskcode: "2",
    confidence: "1",
    instances: [{ uri: "http://a.example.org:81/x?y=1", method: "GET", param: "" }],
    count: "1",
  };
  const site = { "@name": "http://a.example.org:81", "@host": "a.example.org", "@port": "81", alerts: [alert] };
  for (const sites of [[site], site]) {
    const { survey, records } = await readAll(
      JSON.stringify({ "@version": "2", "@generated": "mar., 3 févr. 2026 05:06:07", site: sites }),
    );
    expect(survey).toMatchObject({
      format: "zap",
      finishedAt: null,
      coverage: { kind: "named" },
      counts: { sites: 1 },
    });
    expect(records).toMatchObject([
      {
        rule: { key: "7" },
        asset: { host: "a.example.org", port: 81 },
        locations: [{ locator: ["GET", "/x", "y", ""] }],
      },
    ]);
  }
});

test("an alert without a rule is rejected, and a report that ends too early covers nothing", async () => {
  const { survey } = await readAll(sampleOf("zap.xml").replaceAll(/<(pluginid|alertRef)>[^<]*<\/\1>/g, ""));
  expect(survey).toMatchObject({ rejected: 2, coverage: { kind: "none" } });
  const cut = await readAll(sampleOf("zap.xml").slice(0, -40));
  expect(cut.survey).toMatchObject({ outcome: "partial", coverage: { kind: "none" } });
  expect(cut.records).toHaveLength(2);
});
