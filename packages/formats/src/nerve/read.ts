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
  lineOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
} from "../json/values.ts";
import type { Asset, Details, FindingRecord, Location, Rule, ServiceRecord, Transport } from "../records/records.ts";
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
  const transport = textOf(value, "transport").toLowerCase();
  return transport === "udp" || transport === "sctp" ? transport : "tcp";
}

/** A rule is an object, or its key alone. */
function findingOf(value: JsonObject, into: Collector): FindingRecord | undefined {
  const rule = isObject(value["rule"]) ? objectOf(value, "rule") : { key: value["rule"] };
  const key = textOf(rule, "key");
  if (key === "") return undefined;
  const word = textOf(value, "severity");
  into.count("raw", word);
  const score = bestScore([textOf(value, "vector")], numberOf(value, "score"));
  const digests = digestsOf(value);
  const ids = textsOf(value, "ids", "cves");
  // What NERVE wrote names all of them.
  const cves = cvesIn((digests === undefined ? [key, ...ids] : textsOf(value, "cves")).join(" "));
  const title = firstText(textOf(value, "title"), textOf(rule, "title"), key);
  const locations = objectsOf(value, "locations").map((location) => locationOf(location, digests !== undefined));
  return {
    kind: "finding",
    source: textOf(value, "source") === "" ? undefined : textOf(value, "source"),
    rule: ruleOf(rule, key, title, cves),
    asset: assetOfLine(value),
    title,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    score,
    ids: cves,
    toolKey: textOf(value, "id") === "" ? undefined : textOf(value, "id"),
    context: digests === undefined ? textsOf(value, "context") : [digests.context],
    digests,
    locations,
    positional: value["positional"] === true,
    knownExploited: value["exploited"] === true,
    state: stateOf(value),
    reason: textOf(value, "reason"),
    command: textOf(value, "command") === "" ? undefined : textOf(value, "command"),
    evidence: [],
  };
}

/** What NERVE wrote in the place of what made it this finding; undefined where somebody else wrote the line. */
function digestsOf(value: JsonObject): FindingRecord["digests"] {
  if (!isObject(value["keys"])) return undefined;
  const keys = objectOf(value, "keys");
  return { context: digestOf(keys, "context"), tool: digestOf(keys, "tool") };
}

function digestOf(object: JsonObject, name: string): string {
  const text = textOf(object, name);
  return /^[\w-]{24}$/.test(text) ? text : "";
}

function stateOf(value: JsonObject): FindingRecord["state"] {
  const state = textOf(value, "state");
  return state === "suppressed" || state === "absent" ? state : "present";
}

const ruleKinds = ["vulnerability", "weakness", "misconfiguration", "exposure", "secret", "licence"] as const;

function ruleOf(rule: JsonObject, key: string, title: string, cves: readonly string[]): Rule {
  const kind = textOf(rule, "kind");
  const severity = textOf(rule, "severity");
  return {
    key,
    kind: ruleKinds.find((one) => one === kind) ?? (cves.length > 0 ? "vulnerability" : "weakness"),
    title: firstText(textOf(rule, "title"), title),
    description: textOf(rule, "description"),
    remediation: textOf(rule, "remediation"),
    references: textsOf(rule, "references"),
    cwes: textsOf(rule, "cwes").flatMap((cwe) => cweOf(cwe)),
    tags: textsOf(rule, "tags"),
    severity: severity === "" ? undefined : severityOfWord(severity),
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

const locationKinds = ["url", "code", "package", "address", "other"] as const;
const texts = [
  "url",
  "path",
  "component",
  "address",
  "version",
  "fixedVersion",
  "method",
  "parameter",
  "message",
] as const;

function locationOf(value: JsonObject, isKeyed: boolean): Location {
  const place = Object.fromEntries(texts.map((name) => [name, textOf(value, name)])) as Record<
    (typeof texts)[number],
    string
  >;
  const given = textOf(value, "kind");
  const kind = locationKinds.find((one) => one === given) ?? kindOf(place);
  const { url, component, path, address, version } = place;
  const startLine = lineOf(value, "line");
  const locatorKey = isKeyed ? digestOf(value, "key") : undefined;
  return {
    kind,
    locator: [url, component, path, address, version, locatorKey ?? ""].filter((part) => part !== ""),
    locatorKey,
    ...Object.fromEntries(Object.entries(place).filter(([, text]) => text !== "")),
    startLine,
    endLine: lineOf(value, "endLine") ?? startLine,
    startColumn: lineOf(value, "startColumn"),
    endColumn: lineOf(value, "endColumn"),
    occurrences: lineOf(value, "occurrences"),
    detail: detailOf(objectOf(value, "detail")),
  };
}

function kindOf({ url, component, path }: { url: string; component: string; path: string }): Location["kind"] {
  if (url !== "") return "url";
  return component !== "" ? "package" : path !== "" ? "code" : "address";
}

/** What only the tool's own format knows of a place; undefined where that is nothing. */
function detailOf(given: JsonObject): Details | undefined {
  const entries = Object.entries(given).flatMap(([name, value]): [string, Details[string]][] => {
    if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return [[name, value]];
    return Array.isArray(value) ? [[name, value.filter((one) => typeof one === "string")]] : [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
