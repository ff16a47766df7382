import { htmlText, joinTexts, textsIn, urlsIn } from "../html/html.ts";
import { readTarget } from "../identity/target.ts";
import { type JsonObject, isObject, listOf, numberOf, objectsOf, asText, textOf } from "../json/values.ts";
import type { Evidence, FindingRecord, Location, Rule, Severity } from "../records/records.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";

const risks: readonly Severity[] = ["info", "low", "medium", "high"];
const confidences = ["false positive", "low", "medium", "high", "confirmed"];

/** An alert as a finding of its site; its instances are places. */
export function findingOf(alert: JsonObject, rule: Rule): Omit<FindingRecord, "asset"> {
  const { locations, evidence } = placesOf(alert);
  const confidence = confidences[numberOf(alert, "confidence") ?? -1];
  const isFalse = confidence === "false positive";
  const { isSample } = truncated(alert, instancesOf(alert));
  return {
    kind: "finding",
    rule,
    title: rule.title,
    severity: severityOf(alert),
    toolSeverity: textOf(alert, "riskcode"),
    ids: cvesIn([rule.title, textOf(alert, "otherinfo"), ...tagsOf(alert)].join(" ")),
    context: [],
    locations,
    state: isFalse ? "suppressed" : "present",
    reason: isFalse ? "ZAP holds it for a false positive" : undefined,
    confidence,
    sampled: isSample ? true : undefined,
    evidence,
  };
}

/** How many instances there were, of which some may have been left out. */
export function truncated(alert: JsonObject, given: readonly JsonObject[]): { count: number; isSample: boolean } {
  const count = numberOf(alert, "count") ?? given.length;
  const isSystemic = alert["systemic"] === true || textOf(alert, "systemic") === "true";
  return { count, isSample: count > given.length || isSystemic };
}

/** The instances of an alert; old reports have one alert for each, which is its own instance. */
export function instancesOf(alert: JsonObject): readonly JsonObject[] {
  if (Object.hasOwn(alert, "instances")) return objectsOf(alert, "instances");
  return textOf(alert, "uri") === "" ? [] : [alert];
}

function severityOf(alert: JsonObject): Severity {
  const word = textOf(alert, "riskdesc").replace(/\s*\(.*$/s, "");
  return risks[numberOf(alert, "riskcode") ?? -1] ?? severityOfWord(word) ?? "info";
}

function placesOf(alert: JsonObject): { locations: Location[]; evidence: Evidence[] } {
  const locations: Location[] = [];
  const evidence: Evidence[] = [];
  const known = new Map<string, number>();
  for (const instance of instancesOf(alert)) {
    const location = locationOf(instance);
    const key = location.locator.join("\u0000");
    const at = known.get(key) ?? locations.length;
    if (at === locations.length) {
      known.set(key, at);
      locations.push(location);
    }
    evidence.push(...evidenceOf(instance, at));
  }
  return { locations, evidence };
}

/** The values of a query are made up by the scanner, so that a place has only their names. */
function locationOf(instance: JsonObject): Location {
  const uri = textOf(instance, "uri");
  const method = textOf(instance, "method");
  const parameter = textOf(instance, "param");
  const target = readTarget(uri);
  const [path = "", query = ""] = (target?.path ?? uri).split(/\?(.*)/s);
  const names = query
    .split("&")
    .map((pair) => pair.split("=", 1)[0] ?? "")
    .filter((name) => name !== "");
  return {
    kind: "url",
    locator: [method, path === "" ? "/" : path, [...new Set(names)].toSorted().join("&"), parameter],
    url: target?.url ?? uri,
    method,
    parameter,
  };
}

function evidenceOf(instance: JsonObject, location: number): Evidence[] {
  const attack = textOf(instance, "attack");
  const pieces: readonly [Evidence["kind"], string][] = [
    ["output", joinTexts([attack === "" ? "" : `Attack: ${attack}`, textOf(instance, "evidence"), otherOf(instance)])],
    [
      "request",
      joinTexts([textOf(instance, "requestheader", "request-header"), textOf(instance, "requestbody", "request-body")]),
    ],
    [
      "response",
      joinTexts([
        textOf(instance, "responseheader", "response-header"),
        textOf(instance, "responsebody", "response-body"),
      ]),
    ],
  ];
  return pieces.filter(([, content]) => content !== "").map(([kind, content]) => ({ kind, content, location }));
}

function otherOf(instance: JsonObject): string {
  return htmlText(textOf(instance, "otherinfo"));
}

export function ruleOf(key: string, alert: JsonObject): Rule {
  const title = textOf(alert, "name", "alert");
  return {
    key,
    kind: "weakness",
    title: title === "" ? key : title,
    description: htmlText(textOf(alert, "desc")),
    remediation: htmlText(textOf(alert, "solution")),
    references: urlsIn(textOf(alert, "reference")),
    cwes: cweOf(textOf(alert, "cweid")),
    tags: tagsOf(alert),
    severity: severityOf(alert),
  };
}

function tagsOf(alert: JsonObject): string[] {
  const names = listOf(alert, "tags").map((one) => (isObject(one) ? textOf(one, "tag") : asText(one)));
  return textsIn(names);
}
