import type { Collector } from "../format/format.ts";
import { firstText, isObject, type JsonObject, lineOf, objectOf, objectsOf, textOf, textsOf } from "../json/values.ts";
import { packageContext, packageLocation } from "../packages/package.ts";
import type { Evidence, FindingRecord, Location, Rule, Score } from "../records/records.ts";
import type { RuleCache } from "../records/rule-cache.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";
import { isSystem, type Subject } from "./subject.ts";

/** One target of a report: the packages of a system or a lock file, a file of a configuration, a file with secrets. */
export interface Result {
  /** Undefined until it was read. */
  target: string | undefined;
  class: string;
  type: string;
}

/** What an entry is read with. */
export interface Surroundings {
  readonly place: string;
  readonly subject: Subject;
  readonly result: Result;
  readonly rules: RuleCache;
  readonly into: Collector;
}

export const entryTypes = ["Vulnerabilities", "Misconfigurations", "Secrets", "Licenses"] as const;
export type EntryType = (typeof entryTypes)[number];

type Part = Pick<FindingRecord, "context" | "locations"> & Partial<FindingRecord>;

const keysOf: Record<EntryType, readonly string[]> = {
  Vulnerabilities: ["VulnerabilityID"],
  Misconfigurations: ["AVDID", "ID"],
  Secrets: ["RuleID"],
  Licenses: ["Name"],
};

const ruleOf: Record<EntryType, (key: string, entry: JsonObject) => Rule> = {
  Vulnerabilities: ruleOfVulnerability,
  Misconfigurations: ruleOfMisconfiguration,
  Secrets: (key, entry) => ({ key, kind: "secret", title: firstText(textOf(entry, "Title"), key), cwes: ["CWE-798"] }),
  Licenses: (key, entry) => ({ key, kind: "licence", title: `Licence ${key}`, references: textsOf(entry, "Link") }),
};

const partOf: Record<EntryType, (entry: JsonObject, result: Result) => Part> = {
  Vulnerabilities: partOfVulnerability,
  Misconfigurations: partOfMisconfiguration,
  Secrets: partOfSecret,
  Licenses: partOfLicence,
};

/** Reads an entry of a list: a finding, or a check where a configuration passed. */
export function readEntry(
  type: EntryType,
  entry: JsonObject,
  { place, subject, result, rules, into }: Surroundings,
  by: Partial<FindingRecord> = {},
): void {
  const key = textOf(entry, ...keysOf[type]);
  if (key === "") {
    into.reject(place, "the entry names no rule");
    return;
  }
  const word = textOf(entry, "Severity");
  const status = textOf(entry, "Status");
  into.count("records");
  into.count("byType", type);
  into.count("raw", firstText(word, "none"));
  if (type === "Vulnerabilities") into.count("statuses", firstText(status, "none"));
  if (type === "Misconfigurations") into.count("statuses", `config ${firstText(status, "FAIL")}`);
  const rule = rules.of(`${type} ${key}`, () => ruleOf[type](key, entry));
  const { asset } = subject;
  if (type === "Misconfigurations" && status === "PASS") {
    into.record({ kind: "check", rule, asset, outcome: "pass", detail: textOf(entry, "Message") });
    return;
  }
  const part = partOf[type](entry, result);
  const { score } = part;
  into.record({
    kind: "finding",
    rule,
    asset,
    title: rule.title,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    ids: [],
    state: "present",
    evidence: [],
    ...part,
    ...by,
  });
}

const typesOfModified: ReadonlyMap<string, EntryType> = new Map([
  ["vulnerability", "Vulnerabilities"],
  ["misconfiguration", "Misconfigurations"],
  ["secret", "Secrets"],
  ["license", "Licenses"],
]);

/** Reads what an ignore file or a VEX took out of the lists (option `--show-suppressed`). */
export function readModified(modified: JsonObject, to: Surroundings): void {
  const type = typesOfModified.get(textOf(modified, "Type"));
  const finding = modified["Finding"];
  if (type === undefined || !isObject(finding)) {
    to.into.reject(to.place, "the suppressed entry holds no finding");
    return;
  }
  const reason = textOf(modified, "Statement", "Status");
  readEntry(type, finding, to, { state: "suppressed", reason });
}

function partOfVulnerability(entry: JsonObject, { target = "", class: kind, type }: Result): Part {
  const name = textOf(entry, "PkgName");
  const version = textOf(entry, "InstalledVersion");
  const found = { type, name, version, fixedVersion: textOf(entry, "FixedVersion") };
  // The target of a system holds its name and tag, which are none of the place.
  const isFile = kind === "" ? !isSystem(target) : kind !== "os-pkgs";
  const isUnaffected = textOf(entry, "Status") === "not_affected";
  const key = textOf(entry, "VulnerabilityID");
  return {
    title: firstText(textOf(entry, "Title"), `${key} in ${name}`),
    ids: [...new Set([...cvesIn(key), ...(/^GHSA-/i.test(key) ? [key] : []), ...textsOf(entry, "VendorIDs")])],
    context: packageContext(found),
    locations: [packageLocation(found, firstText(textOf(entry, "PkgPath"), isFile ? target : ""))],
    ...(isUnaffected ? { state: "suppressed", reason: "The vendor says that it is not affected" } : {}),
    score: scoreOf(entry),
  };
}

/** The score of the source that gave the severity, else of NVD, else of any. */
function scoreOf(entry: JsonObject): Score | undefined {
  const scores = objectOf(entry, "CVSS");
  for (const source of [textOf(entry, "SeveritySource"), "nvd", ...Object.keys(scores)]) {
    const given = objectOf(scores, source);
    const vectors = ["V40Vector", "V3Vector", "V2Vector"].map((key) => textOf(given, key));
    const bare = textOf(given, "V40Score", "V3Score");
    const score = bestScore(vectors, bare === "" ? undefined : Number(bare));
    if (score !== undefined) return score;
  }
  return undefined;
}

function ruleOfVulnerability(key: string, entry: JsonObject): Rule {
  return {
    key,
    kind: "vulnerability",
    title: firstText(textOf(entry, "Title"), key),
    description: textOf(entry, "Description"),
    references: [...new Set([...textsOf(entry, "PrimaryURL"), ...textsOf(entry, "References")])],
    cwes: textsOf(entry, "CweIDs").flatMap((id) => cweOf(id)),
    severity: severityOfWord(textOf(entry, "Severity")),
  };
}

function partOfMisconfiguration(entry: JsonObject, { target = "" }: Result): Part {
  const cause = objectOf(entry, "CauseMetadata");
  const resource = textOf(cause, "Resource");
  return {
    context: [target, resource],
    locations: [
      {
        ...codeLocation(cause, target),
        message: textOf(entry, "Message"),
        ...(resource === "" ? {} : { component: resource }),
      },
    ],
    positional: true,
    evidence: snippetOf(objectOf(cause, "Code")),
    ...(textOf(entry, "Status") === "EXCEPTION" ? { state: "suppressed", reason: "Excepted by a policy" } : {}),
  };
}

/** The lines that were found at fault. */
function snippetOf(code: JsonObject): Evidence[] {
  const lines = objectsOf(code, "Lines").map(({ Content }) => (typeof Content === "string" ? Content : ""));
  return lines.length === 0 ? [] : [{ kind: "snippet", content: lines.join("\n") }];
}

function ruleOfMisconfiguration(key: string, entry: JsonObject): Rule {
  return {
    key,
    kind: "misconfiguration",
    title: firstText(textOf(entry, "Title"), key),
    description: textOf(entry, "Description"),
    remediation: textOf(entry, "Resolution"),
    references: [...new Set([...textsOf(entry, "PrimaryURL"), ...textsOf(entry, "References")])],
    tags: textsOf(entry, "Type"),
    severity: severityOfWord(textOf(entry, "Severity")),
  };
}

/** Trivy masks secrets itself; what is left of the line tells them apart. */
function partOfSecret(entry: JsonObject, { target = "" }: Result): Part {
  const match = textOf(entry, "Match").replaceAll(/\s+/g, " ");
  return { context: [target, match], locations: [{ ...codeLocation(entry, target), message: match }] };
}

function partOfLicence(entry: JsonObject, { target = "", type }: Result): Part {
  const file = textOf(entry, "FilePath");
  const name = textOf(entry, "PkgName");
  const path = firstText(file, isSystem(target) ? "" : target);
  return {
    title: name === "" ? `Licence ${textOf(entry, "Name")}` : `Licence ${textOf(entry, "Name")} of ${name}`,
    context: name === "" ? [path] : packageContext({ type, name, version: "" }),
    locations: [packageLocation({ type, name, version: "" }, path)],
  };
}

function codeLocation(object: JsonObject, path: string): Location {
  const startLine = lineOf(object, "StartLine");
  return { kind: "code", locator: [path], path, startLine, endLine: lineOf(object, "EndLine") ?? startLine };
}
