import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { Names } from "../identity/names.ts";
import { assetOf, readTarget } from "../identity/target.ts";
import { jsonLinesFeed } from "../json/json-lines-feed.ts";
import {
  countOf,
  firstText,
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
} from "../json/values.ts";
import type { Asset, FindingRecord, Location, Rule, ServiceRecord, Transport } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";

/** Reads records as lines, for scripts that write their own reports. */
export function readNerve(_head: Head, into: Collector): Feed {
  const names = new Names(into);
  return jsonLinesFeed(into, (value, place, line) => {
    into.count("records");
    const kind = textOf(value, "kind");
    const record = kind === "finding" ? findingOf(value, into) : kind === "service" ? serviceOf(value) : undefined;
    if (record !== undefined) into.record({ ...record, line });
    else if (kind === "host" && textOf(value, "host") !== "")
      names.host(textOf(value, "host"), line, { state: "unknown", addresses: textsOf(value, "addresses") });
    else if (kind === "link" && textOf(value, "from") !== "")
      names.link(textOf(value, "from"), textOf(value, "to"), line);
    else into.reject(place, "the line is no finding, host, service or link, or lacks what it needs");
  });
}

function serviceOf(value: JsonObject): ServiceRecord | undefined {
  const [host, port] = [textOf(value, "host"), portOf(value)];
  if (host === "" || port === undefined) return undefined;
  const state = textOf(value, "state") === "closed" ? "closed" : "open";
  const product = textOf(value, "product");
  return {
    kind: "service",
    host,
    port,
    transport: transportOf(value),
    state,
    service: textOf(value, "service"),
    product,
  };
}

function portOf(value: JsonObject): number | undefined {
  const port = countOf(value, "port");
  return port === undefined || port < 1 || port > 65_535 ? undefined : port;
}

function transportOf(value: JsonObject): Transport {
  return textOf(value, "transport").toLowerCase() === "udp" ? "udp" : "tcp";
}

/** A rule is an object, or its key alone. */
function findingOf(value: JsonObject, into: Collector): FindingRecord | undefined {
  const rule = isObject(value["rule"]) ? objectOf(value, "rule") : { key: value["rule"] };
  const key = textOf(rule, "key");
  if (key === "") return undefined;
  const word = textOf(value, "severity");
  into.count("raw", word);
  const score = bestScore([textOf(value, "vector")], numberOf(value, "score"));
  const ids = textsOf(value, "ids", "cves");
  const title = firstText(textOf(value, "title"), textOf(rule, "title"), key);
  const locations = objectsOf(value, "locations").map((location) => locationOf(location));
  return {
    kind: "finding",
    rule: ruleOf(rule, key, title, ids),
    asset: assetOfLine(value),
    title,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    score,
    ids: cvesIn([key, ...ids].join(" ")),
    toolKey: textOf(value, "id") === "" ? undefined : textOf(value, "id"),
    context: textsOf(value, "context"),
    locations,
    state: textOf(value, "state") === "suppressed" ? "suppressed" : "present",
    reason: textOf(value, "reason"),
    evidence: [],
  };
}

function ruleOf(rule: JsonObject, key: string, title: string, ids: readonly string[]): Rule {
  return {
    key,
    kind: cvesIn([key, ...ids].join(" ")).length > 0 ? "vulnerability" : "weakness",
    title: firstText(textOf(rule, "title"), title),
    description: textOf(rule, "description"),
    remediation: textOf(rule, "remediation"),
    references: textsOf(rule, "references"),
    cwes: textsOf(rule, "cwes").flatMap((cwe) => cweOf(cwe)),
  };
}

/** An asset is an object with its kind, or an address in the network. */
function assetOfLine(value: JsonObject): Asset {
  if (!isObject(value["asset"])) return assetOf(readTarget(textOf(value, "asset")));
  const asset = objectOf(value, "asset");
  const kind = textOf(asset, "kind");
  if (kind === "repository" || kind === "image" || kind === "resource") return { kind, name: textOf(asset, "name") };
  const [host, port] = [textOf(asset, "host"), portOf(asset)];
  if (host === "") return { kind: "unnamed" };
  return port === undefined ? { kind: "host", host } : { kind: "service", host, port, transport: transportOf(asset) };
}

function locationOf(value: JsonObject): Location {
  const [url, path, component, address] = ["url", "path", "component", "address"].map((key) => textOf(value, key));
  const place = { url, path, component, address, version: textOf(value, "version"), message: textOf(value, "message") };
  const startLine = countOf(value, "line");
  const kind = url !== "" ? "url" : component !== "" ? "package" : path !== "" ? "code" : "address";
  const locator = [url, component, path, address, place.version]
    .map((part) => part ?? "")
    .filter((part) => part !== "");
  return { kind, locator, ...place, startLine, endLine: startLine };
}
