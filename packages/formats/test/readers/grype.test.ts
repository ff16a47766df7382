import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const sample = sampleOf("grype.json");
const image = { kind: "image", name: "team/shop:2" };

test("matches are on what was scanned, though that stands behind them", async () => {
  const { survey, records } = await readAll(sample);
  expect(survey).toMatchObject({
    format: "grype",
    toolVersion: "0.99.1",
    coverage: { kind: "named", targets: [image] },
    counts: { records: 3, raw: { Medium: 2, none: 1 } },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "GHSA-aaaa-bbbb-cccd" },
      asset: image,
      severity: "medium",
      ids: ["CVE-2026-2001", "GHSA-aaaa-bbbb-cccd"],
      context: ["npm", "branch"],
      locations: [{ locator: ["1.0.0", "/srv/1.0.0/package.json"], fixedVersion: "3.0.0" }],
    },
    { asset: image, context: ["npm", "branch"], locations: [{ version: "2.0.0" }] },
    {
      asset: image,
      severity: "critical",
      score: { base: 9.8 },
      state: "suppressed",
      reason: "never called",
      locations: [{ locator: ["1", ""] }],
    },
  ]);
});

test("old reports have other keys, and a folder whose name says nothing", async () => {
  const { records, survey } = await readAll(
    JSON.stringify({
      matches: [
        {
          vulnerability: {
            id: "CVE-2020-1",
            links: ["https://example.org/1"],
            cvssV2: { vector: "AV:N/AC:L/Au:N/C:N/I:N/A:P" },
            fixedInVersion: "2",
          },
          matchDetails: { matcher: "dpkg-matcher" },
          artifact: { name: "p", version: "1", type: "deb" },
        },
        { artifact: {} },
      ],
      source: { type: "directory", target: "." },
      descriptor: { name: "grype", version: "0.7.0" },
    }),
  );
  expect(records).toMatchObject([
    {
      rule: { references: ["https://example.org/1"] },
      asset: { kind: "repository", name: "" },
      severity: "medium",
      locations: [{ fixedVersion: "2" }],
    },
  ]);
  expect(survey).toMatchObject({ rejected: 1, rejects: [{ reason: "the match names no vulnerability" }] });
});
