import { expect, test } from "vitest";
import { defaultLimits, severityOfScore, severityOfWord } from "@nerve/formats";
import { readAll } from "./support/samples.ts";

const mebi = 1024 * 1024;

test.each([
  [10, "", "critical"],
  [9, "3.1", "critical"],
  [8.9, "4.0", "high"],
  [7, "3.0", "high"],
  [6.9, "", "medium"],
  [4, "", "medium"],
  [3.9, "", "low"],
  [0.1, "", "low"],
  [0, "", "info"],
  [10, "2.0", "high"],
] as const)("a score of %s of version %j is %s", (base, version, severity) => {
  expect(severityOfScore(base, version)).toBe(severity);
});

test("words are read whatever their case, and no other word is one", () => {
  const info = ["Informational", "NONE", "unknown", "Negligible", "Log", " info "];
  expect(info.map((word) => severityOfWord(word))).toEqual(info.map(() => "info"));
  expect(severityOfWord("Critical")).toBe("critical");
  expect([severityOfWord("grave"), severityOfWord("__proto__")]).toEqual([undefined, undefined]);
});

test("of several vectors that of the newest version counts, though another one scores higher", async () => {
  const vectors = {
    V2Vector: "AV:N/AC:L/Au:N/C:C/I:C/A:C",
    V3Vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    V40Vector: "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N",
  };
  const severityBy = async (names: readonly (keyof typeof vectors)[]) => {
    const cvss = { nvd: Object.fromEntries(names.map((name) => [name, vectors[name]])) };
    const found = { VulnerabilityID: "CVE-2026-1", PkgName: "p", InstalledVersion: "1", CVSS: cvss };
    const results = [{ Target: "go.mod", Vulnerabilities: [found] }];
    const { records } = await readAll(JSON.stringify({ SchemaVersion: 2, ArtifactName: "a", Results: results }));
    return records.map((record) => record.kind === "finding" && [record.score?.version, record.severity]);
  };
  expect(await severityBy(["V2Vector", "V3Vector", "V40Vector"])).toEqual([["4.0", "low"]]);
  expect(await severityBy(["V2Vector", "V3Vector"])).toEqual([["3.1", "critical"]]);
  expect(await severityBy(["V2Vector"])).toEqual([["2.0", "high"]]);
});

test("the limits are those that the documents tell", () => {
  expect(defaultLimits).toMatchObject({
    report: 256 * mebi,
    unpacked: 1024 * mebi,
    ratio: 200,
    depth: 64,
    attributes: 256,
    xmlText: 16 * mebi,
    jsonElement: 32 * mebi,
    jsonString: 16 * mebi,
    line: 16 * mebi,
    records: 2_000_000,
    rules: 100_000,
  });
});
