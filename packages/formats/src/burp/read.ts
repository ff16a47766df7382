import { Buffer } from "node:buffer";
import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { htmlText, urlsIn } from "../html/html.ts";
import { assetOf, readTarget, type Target } from "../identity/target.ts";
import { readTime } from "../json/values.ts";
import { longestText } from "../limits/limits.ts";
import type { Evidence, FindingRecord, Location, Rule } from "../records/records.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";
import type { XmlElement } from "../xml/element.ts";
import { xmlFeed } from "../xml/xml-feed.ts";

/** The type of everything that extensions report. */
const ofExtensions = "134217728";

export function readBurp(_head: Head, into: Collector): Feed {
  const rules = new Map<string, Rule>();
  into.count("withRequests", undefined, 0);
  return xmlFeed(into, {
    issues: {
      open: (attributes) => {
        into.tool("Burp Suite", attributes["burpVersion"]);
        const time = readTime(attributes["exportTime"] ?? "");
        into.startedAt(time);
        into.finishedAt(time);
      },
    },
    "issues/issue": {
      whole: (issue) => {
        const key = keyOf(issue);
        if (key === "") {
          into.reject(`line ${issue.line}`, "the issue has no type");
          return;
        }
        const rule = rules.get(key) ?? ruleOf(key, issue);
        rules.set(key, rule);
        into.count("records");
        into.count("raw", issue.textOf("severity"));
        for (const exchange of issue.all("requestresponse"))
          if (exchange.textOf("request") !== "") into.count("withRequests");
        into.record(findingOf(issue, rule));
      },
    },
  });
}

function keyOf(issue: XmlElement): string {
  const type = issue.textOf("type");
  return type === ofExtensions ? [type, issue.textOf("name")].join(":") : type;
}

function findingOf(issue: XmlElement, rule: Rule): FindingRecord {
  const word = issue.textOf("severity");
  const isFalse = word.toLowerCase() === "false positive";
  const target = readTarget(issue.textOf("host"));
  return {
    kind: "finding",
    rule,
    asset: assetOf(target),
    title: rule.title,
    severity: severityOfWord(word) ?? "info",
    toolSeverity: word,
    ids: cvesIn(`${issue.textOf("name")} ${issue.textOf("issueDetail")}`),
    context: [],
    locations: [locationOf(issue, target)],
    state: isFalse ? "suppressed" : "present",
    reason: isFalse ? "marked as a false positive in Burp" : undefined,
    confidence: issue.textOf("confidence").toLowerCase(),
    evidence: evidenceOf(issue),
    line: issue.line,
  };
}

/** `/search [q parameter]` is the parameter of a path. */
function locationOf(issue: XmlElement, target: Target | undefined): Location {
  const host = issue.child("host");
  const path = issue.textOf("path");
  const location = issue.textOf("location");
  const rest = location.startsWith(path) ? location.slice(path.length) : location;
  const point = /\[(.*)\]$/s.exec(rest.trim())?.[1] ?? "";
  return {
    kind: "url",
    locator: point === "" ? [path] : [path, point],
    url: target?.url === undefined ? path : `${target.url.replace(/\/+$/, "")}${path}`,
    method: issue.child("requestresponse")?.child("request")?.get("method") ?? "",
    parameter: point,
    address: host?.get("ip") ?? "",
    message: htmlText(issue.textOf("issueDetail")),
  };
}

function evidenceOf(issue: XmlElement): Evidence[] {
  const details = Array.from(issue.all("issueDetailItems", "issueDetailItem"), ({ text }) => htmlText(text));
  const events = [...issue.all("collaboratorEvent")];
  const exchanges = [...issue.all("requestresponse"), ...events.flatMap((event) => [...event.all("requestresponse")])];
  const told = events.map((event) =>
    ["interactionType", "originIp", "time", "lookupType", "lookupHost"]
      .map((name) => event.textOf(name))
      .filter((text) => text !== "")
      .join(" "),
  );
  const output = [...details, ...told].filter((text) => text !== "").join("\n");
  return [
    ...(output === "" ? [] : [{ kind: "output" as const, content: output }]),
    ...exchanges.flatMap((exchange) => [
      ...messageOf(exchange.child("request"), "request"),
      ...messageOf(exchange.child("response"), "response"),
    ]),
  ];
}

/** A message, decoded as far as it is kept; it may be empty. */
function messageOf(element: XmlElement | undefined, kind: "request" | "response"): Evidence[] {
  const text = element?.text.trim() ?? "";
  if (text === "") return [];
  const isEncoded = element?.get("base64") === "true";
  // Four characters hold three bytes.
  const content = isEncoded ? Buffer.from(text.slice(0, longestText.evidence * 2), "base64").toString() : text;
  return [{ kind, content }];
}

function ruleOf(key: string, issue: XmlElement): Rule {
  const name = issue.textOf("name");
  const classes = issue.textOf("vulnerabilityClassifications");
  return {
    key,
    kind: "weakness",
    title: name === "" ? key : name,
    description: htmlText(issue.textOf("issueBackground")),
    remediation: htmlText(issue.textOf("remediationBackground", "remediationDetail")),
    references: urlsIn(issue.textOf("references")),
    cwes: cwesIn(classes),
    severity: severityOfWord(issue.textOf("severity")),
  };
}
