import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { hostKey } from "../identity/host.ts";
import { slug } from "../identity/slug.ts";
import { assetOf, readTarget } from "../identity/target.ts";
import { jsonFeed, type JsonHandler } from "../json/json-feed.ts";
import { asText, firstText, isObject, type JsonObject, numberOf, readTime, textOf, textsOf } from "../json/values.ts";
import { type Rule, severities } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";

/** Reads the lists by severity, and the flat list, of the older scan of web sites. */
export function readLightbox(_head: Head, into: Collector): Feed {
  const list = (name: string): JsonHandler => ({
    whole: (value, _key, place) => {
      into.count("records");
      // Old scans hold such entries; they say nothing, and so put nothing in doubt.
      if (!isObject(value) || !readEntry(value, name, into)) into.reject(place, "the entry has no type or place", true);
    },
  });
  const target: JsonHandler = {
    whole: (value) => {
      const read = readTarget(asText(value));
      if (read !== undefined) into.cover(assetOf(read));
    },
  };
  const time: JsonHandler = { whole: (value) => into.finishedAt(readTime(asText(value))) };
  return jsonFeed(into, {
    ...Object.fromEntries(severities.map((name) => [`${name}/*`, list(name)])),
    "findings/*": list(""),
    target,
    domain: target,
    scan_time: time,
    completed_at: time,
    status: {
      whole: (value) => {
        if (asText(value).toLowerCase() !== "completed") into.coverNothing("the scan did not complete");
      },
    },
  });
}

/** Gives a finding for each asset that is affected; false where the entry has no type or no place. */
function readEntry(entry: JsonObject, listName: string, into: Collector): boolean {
  const type = textOf(entry, "type", "template_id");
  const url = textOf(entry, "url");
  const labels = textsOf(entry, "affected_assets", "asset");
  const places = labels.length > 0 ? labels : [url].filter((text) => text !== "");
  if (type === "" || places.length === 0) return false;
  const word = textOf(entry, "severity");
  const severity = severityOfWord(firstText(word, listName)) ?? severityOfWord(listName) ?? "info";
  const score = bestScore([textOf(entry, "cvss_vector")], numberOf(entry, "cvss"));
  const rule = ruleOf(entry, type);
  for (const label of places) {
    const asset = assetOf(readTarget(label));
    into.cover(asset);
    into.record({
      kind: "finding",
      rule,
      asset,
      title: type,
      severity,
      toolSeverity: word,
      score,
      ids: cvesIn(textOf(entry, "cve")),
      context: contextOf(entry),
      locations: [locationOf(label, url, entry)],
      state: "present",
      evidence: evidenceOf(entry),
    });
  }
  return true;
}

/** The file, else the path of the address. */
function contextOf(entry: JsonObject): string[] {
  const path = readTarget(textOf(entry, "url"))?.path.replace(/\?.*$/s, "") ?? "";
  const where = firstText(textOf(entry, "file"), path);
  const matcher = textOf(entry, "matcher_name");
  return [where, matcher].filter((part) => part !== "");
}

/** The address belongs to one of the assets; the others have their names only. */
function locationOf(label: string, url: string, entry: JsonObject) {
  const message = textOf(entry, "description", "explanation");
  const isOwn = url !== "" && hostKey(readTarget(url)?.host ?? "") === hostKey(readTarget(label)?.host ?? "");
  return isOwn
    ? { kind: "url" as const, locator: [url.replace(/#.*$/s, "")], url, path: textOf(entry, "file"), message }
    : { kind: "address" as const, locator: [label], address: label, message };
}

function evidenceOf(entry: JsonObject) {
  const content = textOf(entry, "evidence");
  return content === "" ? [] : [{ kind: "output" as const, content }];
}

function ruleOf(entry: JsonObject, type: string): Rule {
  const [cve] = cvesIn(textOf(entry, "cve"));
  return {
    key: firstText(cve ?? "", textOf(entry, "template_id"), slug(type)),
    kind: cve === undefined ? "weakness" : "vulnerability",
    title: type,
    description: textOf(entry, "explanation", "description"),
    remediation: textOf(entry, "remediation"),
    cwes: cwesIn(textOf(entry, "cve")),
  };
}
