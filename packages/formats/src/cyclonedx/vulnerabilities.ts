import type { Collector } from "../format/format.ts";
import { firstText, type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "../json/values.ts";
import { type Package, packageContext, packageLocation } from "../packages/package.ts";
import type { FindingRecord, Location, Rule, Score, Severity } from "../records/records.ts";
import type { RuleCache } from "../records/rule-cache.ts";
import { bestScore, scoreOfVector } from "../severity/cvss.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";
import type { Bom } from "./bom.ts";

/** What a vulnerability is read with. */
export interface Surroundings {
  readonly place: string;
  readonly bom: Bom;
  readonly rules: RuleCache;
  readonly into: Collector;
}

/** Whoever made the bill says that these are none. */
const settled = new Set(["false_positive", "not_affected", "resolved", "resolved_with_pedigree"]);

/** Reads a vulnerability, in the shape of JSON: a finding for each component that it affects. */
export function readVulnerability(vulnerability: JsonObject, { place, bom, rules, into }: Surroundings): void {
  const references = objectsOf(vulnerability, "references").map((one) => textOf(one, "id"));
  const key = firstText(textOf(vulnerability, "id"), ...references);
  if (key === "") {
    into.reject(place, "the vulnerability has no id");
    return;
  }
  into.count("records");
  const affects = objectsOf(vulnerability, "affects");
  into.count("affects", undefined, affects.length);
  const analysis = objectOf(vulnerability, "analysis");
  const state = textOf(analysis, "state");
  if (state !== "") into.count("analysis", state);
  const rated = rate(objectsOf(vulnerability, "ratings"));
  into.count("raw", firstText(rated.word, "none"));
  const rule = rules.of(key, () => ruleOf(key, vulnerability, rated.severity));
  const finding: Omit<FindingRecord, "title" | "context" | "locations"> = {
    kind: "finding",
    rule,
    asset: bom.subject,
    severity: rated.severity,
    toolSeverity: rated.word,
    score: rated.score,
    ids: [...cvesIn(key), ...(/^GHSA-/i.test(key) ? [key] : [])],
    ...(settled.has(state) ? { state: "suppressed", reason: reasonOf(analysis, state) } : { state: "present" }),
    // Without components it is a statement on what others have found.
    statement: bom.components === 0 ? true : undefined,
    evidence: [],
  };
  if (affects.length === 0) into.record({ ...finding, title: rule.title, context: [], locations: [] });
  const fixedVersion = fixOf(vulnerability);
  for (const affected of affects) {
    const found = { ...bom.packageOf(textOf(affected, "ref")), fixedVersion };
    const title = `${rule.title} in ${found.name}`;
    if (bom.components === 0) {
      const parts = statementsOn(affected, found);
      if (parts.length === 0) into.warn("Statements on ranges of versions were left out: ranges are not compared.");
      for (const part of parts) into.record({ ...finding, title, context: packageContext(found), ...part });
      continue;
    }
    into.record({
      ...finding,
      title,
      context: packageContext(found),
      locations: locationsOf(affected, found),
      ...(isUnaffected(affected) ? unaffected : {}),
    });
  }
}

/** The version of the component; where it is of another bill, those that the vulnerability names. */
function locationsOf(affected: JsonObject, found: Parameters<typeof packageLocation>[0]): Location[] {
  const named = objectsOf(affected, "versions")
    .filter((one) => textOf(one, "status") !== "unaffected")
    .map((one) => textOf(one, "version"));
  const versions = found.version === "" ? named.filter((version) => version !== "") : [];
  if (versions.length === 0) return [packageLocation(found, "")];
  return versions.map((version) => packageLocation({ ...found, version }, ""));
}

const unaffected = { state: "suppressed", reason: "These versions are not affected" } as const;

/**
 * What a statement says of a package: of the version in its package URL, else of those that it lists, the unaffected ones apart, else of
 * all. Nothing where it lists ranges only.
 */
function statementsOn(
  affected: JsonObject,
  found: Package,
): (Pick<FindingRecord, "locations"> & Partial<FindingRecord>)[] {
  const listed = objectsOf(affected, "versions");
  if (found.version !== "" || listed.length === 0)
    return [{ locations: [packageLocation(found, "")], ...(isUnaffected(affected) ? unaffected : {}) }];
  return [false, true].flatMap((isNot) => {
    const versions = listed
      .filter((one) => (textOf(one, "status") === "unaffected") === isNot)
      .map((one) => textOf(one, "version"))
      .filter((version) => version !== "");
    if (versions.length === 0) return [];
    const locations = versions.map((version) => packageLocation({ ...found, version }, ""));
    return [{ locations, ...(isNot ? unaffected : {}) }];
  });
}

function isUnaffected(affected: JsonObject): boolean {
  const versions = objectsOf(affected, "versions");
  return versions.length > 0 && versions.every((one) => textOf(one, "status") === "unaffected");
}

function reasonOf(analysis: JsonObject, state: string): string {
  const parts = [state, textOf(analysis, "justification"), textOf(analysis, "detail")];
  return parts.filter((part) => part !== "").join(": ");
}

/** Best first; what is neither is as good as the last. */
const methods = ["CVSSv4", "CVSSv31", "CVSSv3", "CVSSv2"];

function rank(rating: JsonObject): number {
  const at = methods.indexOf(textOf(rating, "method"));
  return at === -1 ? methods.length : at;
}

/** The best rating that has a word; else the best vector or score; else none. */
function rate(ratings: readonly JsonObject[]): { word: string; severity: Severity; score: Score | undefined } {
  const sorted = ratings.toSorted((one, other) => rank(one) - rank(other));
  const bare = sorted.map((rating) => numberOf(rating, "score")).find((score) => score !== undefined);
  const vectors = sorted
    .map((rating) => textOf(rating, "vector"))
    .filter((vector) => scoreOfVector(vector) !== undefined);
  const score = bestScore(vectors, bare);
  const words = sorted.map((rating) => textOf(rating, "severity").toLowerCase());
  const word = words.find((one) => one !== "unknown" && severityOfWord(one) !== undefined);
  if (word !== undefined) return { word, severity: severityOfWord(word) ?? "info", score };
  const severity = score === undefined ? "info" : severityOfScore(score.base, score.version);
  return { word: firstText(...words), severity, score };
}

function fixOf(vulnerability: JsonObject): string {
  const property = objectsOf(vulnerability, "properties").find((one) =>
    /fix(?:ed)?_?version/i.test(textOf(one, "name")),
  );
  return property === undefined ? "" : textOf(property, "value");
}

function ruleOf(key: string, vulnerability: JsonObject, severity: Severity): Rule {
  const sources = [vulnerability, ...objectsOf(vulnerability, "references")].map((one) => objectOf(one, "source"));
  const urls = [...sources, ...objectsOf(vulnerability, "advisories")].map((one) => textOf(one, "url"));
  return {
    key,
    kind: "vulnerability",
    title: key,
    description: textOf(vulnerability, "description", "detail"),
    remediation: textOf(vulnerability, "recommendation"),
    references: [...new Set(urls)].filter((url) => url !== ""),
    cwes: textsOf(vulnerability, "cwes").flatMap((cwe) => cweOf(cwe)),
    severity,
  };
}
