import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { subjectName } from "../identity/subject.ts";
import { jsonFeed, type JsonHandler } from "../json/json-feed.ts";
import {
  asText,
  firstText,
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
  timeOf,
} from "../json/values.ts";
import { packageContext, packageLocation } from "../packages/package.ts";
import type { Asset, Location, Rule, Score } from "../records/records.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";

/** Reads matches. What was scanned stands behind them: the first pass keeps it for the second. */
export function readGrype(_head: Head, into: Collector): Feed {
  let asset = (into.notes ?? { kind: "repository", name: "" }) as Asset;
  const rules = new RuleCache();
  const matches = (isIgnored: boolean): JsonHandler => ({
    whole(value, _key, place) {
      if (isObject(value)) readMatch(value, { place, asset, rules, into, isIgnored });
      else into.reject(place, "the match is no object");
    },
  });
  into.tool("grype");
  const feed = jsonFeed(into, {
    "matches/*": matches(false),
    "ignoredMatches/*": matches(true),
    source: {
      whole(value) {
        if (isObject(value)) asset = assetOf(value);
        into.keep(asset);
      },
    },
    "descriptor/version": { whole: (value) => into.tool("", asText(value)) },
    "descriptor/timestamp": {
      whole(value) {
        const time = timeOf({ value }, "value");
        into.startedAt(time);
        into.finishedAt(time);
      },
    },
  });
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      into.cover(asset);
    },
  };
}

function assetOf(source: JsonObject): Asset {
  const { target } = source;
  if (textOf(source, "type") !== "image") return { kind: "repository", name: subjectName(asText(target)) };
  const image = isObject(target) ? target : {};
  const name = subjectName(firstText(textOf(image, "userInput"), asText(target)));
  // An archive, or the id of an image, is called as its maker liked.
  const isNamed = name !== "" && !/\.(?:tar|tgz|tar\.gz)$|^(?:sha256:)?[\da-f]{12,64}$/i.test(name);
  return { kind: "image", name: isNamed ? name : (textsOf(image, "tags")[0] ?? name) };
}

interface Surroundings {
  readonly place: string;
  readonly asset: Asset;
  readonly rules: RuleCache;
  readonly into: Collector;
  readonly isIgnored: boolean;
}

function readMatch(match: JsonObject, { place, asset, rules, into, isIgnored }: Surroundings): void {
  const vulnerability = objectOf(match, "vulnerability");
  const key = textOf(vulnerability, "id");
  if (key === "") {
    into.reject(place, "the match names no vulnerability");
    return;
  }
  const related = objectsOf(match, "relatedVulnerabilities");
  const word = textOf(vulnerability, "severity");
  into.count("records");
  into.count("raw", firstText(word, "none"));
  const score = scoreOf(vulnerability) ?? related.map((one) => scoreOf(one)).find((one) => one !== undefined);
  const artifact = objectOf(match, "artifact");
  const found = {
    type: textOf(artifact, "type"),
    name: textOf(artifact, "name"),
    version: textOf(artifact, "version"),
    fixedVersion: fixOf(vulnerability),
  };
  const rule = rules.of(key, () => ruleOf(key, vulnerability, related));
  into.record({
    kind: "finding",
    rule,
    asset,
    title: `${key} in ${found.name}`,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    score,
    ids: idsOf([key, ...related.map((one) => textOf(one, "id"))]),
    context: packageContext(found),
    locations: placesOf(artifact).map((path): Location => packageLocation(found, path)),
    knownExploited: objectsOf(vulnerability, "knownExploited").length > 0 ? true : undefined,
    ...(isIgnored ? { state: "suppressed", reason: reasonOf(match) } : { state: "present" }),
    evidence: [],
  });
}

/** An advisory and its CVE are one. */
function idsOf(ids: readonly string[]): string[] {
  return [...new Set([...cvesIn(ids.join(" ")), ...ids.filter((id) => /^GHSA-/i.test(id))])];
}

/** Where the package lies, each place once; a package without a place has an empty one. */
function placesOf(artifact: JsonObject): string[] {
  const paths = new Set(objectsOf(artifact, "locations").map((location) => textOf(location, "path")));
  return paths.size === 0 ? [""] : [...paths];
}

function scoreOf(vulnerability: JsonObject): Score | undefined {
  const given = objectsOf(vulnerability, "cvss");
  // Versions before 0.13 had one of each kind.
  const all = [...given, objectOf(vulnerability, "cvssV3"), objectOf(vulnerability, "cvssV2")];
  const bare = given.map((one) => numberOf(objectOf(one, "metrics"), "baseScore")).find((base) => base !== undefined);
  return bestScore(
    all.map((one) => textOf(one, "vector")),
    bare,
  );
}

function fixOf(vulnerability: JsonObject): string {
  const versions = textsOf(objectOf(vulnerability, "fix"), "versions");
  return versions.length > 0 ? versions.join(", ") : textOf(vulnerability, "fixedInVersion");
}

function reasonOf(match: JsonObject): string {
  const reasons = objectsOf(match, "appliedIgnoreRules").map((rule) =>
    textOf(rule, "reason", "vex-justification", "vex-status", "fix-state"),
  );
  return firstText([...new Set(reasons)].filter((reason) => reason !== "").join("; "), "Ignored by a rule");
}

function ruleOf(key: string, vulnerability: JsonObject, related: readonly JsonObject[]): Rule {
  const all = [vulnerability, ...related];
  return {
    key,
    kind: "vulnerability",
    title: key,
    description: all.map((one) => textOf(one, "description")).find((text) => text !== ""),
    references: [...new Set(all.flatMap((one) => [...textsOf(one, "dataSource"), ...textsOf(one, "urls", "links")]))],
    severity: severityOfWord(textOf(vulnerability, "severity")),
  };
}
