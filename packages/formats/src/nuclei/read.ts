import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { assetOf, readTarget, type Target } from "../identity/target.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { type JsonObject, numberOf, objectOf, textOf, textsOf, timeOf } from "../json/values.ts";
import type { Evidence, FindingRecord, Location, Rule, RuleKind } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";

/** Reads lines, a list, or objects one after the other; each is a match of a template. */
export function readNuclei(head: Head, into: Collector): Feed {
  const rules = new Map<string, Rule>();
  return objectsFeed(
    head,
    into,
    (match, place, line) => {
      const key = textOf(match, "template-id", "templateID");
      if (key === "") {
        into.reject(place, "the match names no template");
        return;
      }
      into.count("records");
      const time = timeOf(match, "timestamp");
      into.startedAt(time);
      into.finishedAt(time);
      const rule = rules.get(key) ?? ruleOf(key, match);
      rules.set(key, rule);
      const matched = textOf(match, "matched-at", "matched", "url", "host", "ip");
      const target = readTarget(matched);
      // With `-matcher-status`, nuclei also writes what did not match.
      if (match["matcher-status"] === false)
        into.record({ kind: "check", rule, asset: assetOf(target), outcome: "pass", detail: "", line });
      else into.record(findingOf({ match, rule, matched, target, line }, into));
    },
    { logs: true },
  );
}

interface Match {
  readonly match: JsonObject;
  readonly rule: Rule;
  /** What was matched, and what it means as a place in the network. */
  readonly matched: string;
  readonly target: Target | undefined;
  readonly line: number;
}

function findingOf({ match, rule, matched, target, line }: Match, into: Collector): FindingRecord {
  const info = objectOf(match, "info");
  const word = textOf(info, "severity");
  into.count("raw", word.toLowerCase());
  const classification = objectOf(info, "classification");
  const score = bestScore(textsOf(classification, "cvss-metrics"), numberOf(classification, "cvss-score"));
  const matcher = textOf(match, "matcher-name", "matcher_name", "extractor-name", "extractor_name");
  return {
    kind: "finding",
    rule,
    asset: assetOf(target),
    title: matcher === "" ? rule.title : `${rule.title}: ${matcher}`,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    score,
    ids: cvesIn([rule.key, ...textsOf(classification, "cve-id")].join(" ")),
    context: matcher === "" ? [] : [matcher],
    locations: [locationOf(match, matched, target)],
    state: "present",
    evidence: evidenceOf(match),
    line,
  };
}

function locationOf(match: JsonObject, matched: string, target: Target | undefined): Location {
  const extracted = textsOf(match, "extracted-results", "extracted_results");
  return {
    kind: target?.url === undefined ? "address" : "url",
    locator: matched === "" ? [] : [matched.replace(/#.*$/s, "")],
    url: target?.url,
    address: textOf(match, "ip"),
    parameter: textOf(match, "fuzzing_parameter"),
    method: textOf(match, "fuzzing_method"),
    ...(extracted.length === 0 ? {} : { detail: { extracted } }),
  };
}

function evidenceOf(match: JsonObject): Evidence[] {
  const request = textOf(match, "request", "curl-command");
  const response = textOf(match, "response");
  return [
    ...(request === "" ? [] : [{ kind: "request" as const, content: request }]),
    ...(response === "" ? [] : [{ kind: "response" as const, content: response }]),
  ];
}

function ruleOf(key: string, match: JsonObject): Rule {
  const info = objectOf(match, "info");
  const classification = objectOf(info, "classification");
  const name = textOf(info, "name");
  const tags = textsOf(info, "tags").map((tag) => tag.toLowerCase());
  return {
    key,
    kind: kindOf(key, tags),
    title: name === "" ? key : name,
    description: textOf(info, "description"),
    remediation: textOf(info, "remediation"),
    // Old templates write a list as one text, with hyphens.
    references: textsOf(info, "reference").map((url) => url.replace(/^-\s+/, "")),
    cwes: textsOf(classification, "cwe-id").flatMap((id) => cweOf(id)),
    tags,
    severity: severityOfWord(textOf(info, "severity")),
  };
}

const kinds: readonly [tag: string, kind: RuleKind][] = [
  ["cve", "vulnerability"],
  ["misconfig", "misconfiguration"],
  ["exposure", "exposure"],
  ["panel", "exposure"],
  ["tech", "exposure"],
];

function kindOf(key: string, tags: readonly string[]): RuleKind {
  if (/^CVE-/i.test(key)) return "vulnerability";
  return kinds.find(([tag]) => tags.includes(tag))?.[1] ?? "weakness";
}
