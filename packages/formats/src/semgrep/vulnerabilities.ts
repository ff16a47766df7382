import { firstText, type JsonObject, lineOf, objectOf, textOf, textsOf } from "../json/values.ts";
import { packageContext, packageLocation } from "../packages/package.ts";
import type { Rule } from "../records/records.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOf, type Surroundings } from "./results.ts";

/** Reads a vulnerable dependency of a page of the platform: an advisory and a package that a file of a repository asks for. */
export function readVulnerability(vulnerability: JsonObject, { place, rules, into }: Surroundings): void {
  const advisory = objectOf(vulnerability, "advisory");
  const references = objectOf(advisory, "references");
  const cves = cvesIn(textsOf(references, "cveIds").join(" "));
  const title = firstText(textOf(vulnerability, "title"), textOf(advisory, "title"));
  const key = firstText(textOf(advisory, "ruleId"), ...cves, title);
  if (key === "") {
    into.reject(place, "the vulnerability names no advisory");
    return;
  }
  const word = textOf(advisory, "severity");
  into.count("records");
  into.count("raw", firstText(word, "none"));
  const file = objectOf(vulnerability, "dependencyFileLocation");
  const dependency = objectOf(vulnerability, "matchedDependency");
  const found = {
    type: textOf(advisory, "ecosystem"),
    name: textOf(dependency, "name"),
    version: textOf(dependency, "versionSpecifier", "version"),
    fixedVersion: textOf(objectOf(vulnerability, "closestSafeDependency"), "versionSpecifier", "version"),
  };
  const path = textOf(file, "path");
  const asset = { kind: "repository" as const, name: textOf(vulnerability, "repositoryName", "repositoryId") };
  into.cover(asset);
  const triage = objectOf(vulnerability, "triage");
  into.record({
    kind: "finding",
    rule: rules.of(key, () => ruleOf(key, title, advisory)),
    asset,
    title: firstText(title, key),
    severity: severityOf(word.replace(/^.*_/, "")),
    toolSeverity: word,
    ids: [...cves, ...textsOf(references, "ghsaIds")],
    context: [path, ...packageContext(found)],
    locations: [{ ...packageLocation(found, path), startLine: lineOf(file, "startLine") }],
    ...(/ignored/i.test(textOf(triage, "status"))
      ? { state: "suppressed", reason: firstText(textOf(triage, "dismissReason"), "Ignored on the platform") }
      : { state: "present" }),
    evidence: [],
  });
}

function ruleOf(key: string, title: string, advisory: JsonObject): Rule {
  const references = objectOf(advisory, "references");
  return {
    key,
    kind: "vulnerability",
    title: firstText(title, key),
    description: textOf(advisory, "description"),
    remediation: textOf(advisory, "remediation"),
    references: textsOf(references, "urls"),
    cwes: [...new Set(textsOf(references, "cweIds").flatMap((id) => cweOf(id)))],
    severity: severityOf(textOf(advisory, "severity").replace(/^.*_/, "")),
  };
}
