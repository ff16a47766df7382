import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { isAddress } from "../identity/host.ts";
import { Names } from "../identity/names.ts";
import { once } from "../identity/once.ts";
import { jsonFeed, type JsonHandler } from "../json/json-feed.ts";
import { asText, isObject, type JsonObject, readTime, textOf, textsOf } from "../json/values.ts";
import type { Asset, Rule } from "../records/records.ts";
import { severityOfWord } from "../severity/severity.ts";
import { readPort } from "./ports.ts";

/** The ports that the scan looks at. */
const scannedPorts = [21, 22, 23, 25, 80, 443, 3306, 3389, 5432, 8080, 8443];

const publicStorage: Rule = { key: "public-cloud-storage", kind: "exposure", title: "Cloud storage is public" };
const sensitiveName: Rule = { key: "sensitive-subdomain", kind: "exposure", title: "A sensitive subdomain is exposed" };

/** Reads the lists of the scan one by one; those that say again what another says add nothing. */
export function readXasm(_head: Head, into: Collector): Feed {
  const names = new Names(into);
  const isNew = once();
  into.coverPorts(scannedPorts.map((port) => ({ transport: "tcp", from: port, to: port })));
  const each = (read: (value: JsonObject, place: string) => void): JsonHandler => ({
    whole: (value, _key, place) => {
      into.count("records");
      if (isObject(value)) read(value, place);
      else into.reject(place, "the entry is no object", true);
    },
  });
  const covered = (host: string) => {
    if (host === "") return;
    names.host(host, 0);
    into.cover({ kind: "host", host });
  };
  const port = each((value, place) => readPort(value, place, { into, isNew, covered }));
  return jsonFeed(into, {
    domain: { whole: (value) => covered(asText(value)) },
    scan_time: {
      whole: (value) => {
        into.startedAt(readTime(asText(value)));
        into.finishedAt(readTime(asText(value)));
      },
    },
    status: {
      whole: (value) => {
        if (!["", "completed", "complete", "success"].includes(asText(value).toLowerCase()))
          into.coverNothing("the scan did not complete");
      },
    },
    "errors/*": { whole: () => into.coverNothing("the scan reports errors") },
    "subdomains/*": {
      whole: (value, _key, place) => {
        into.count("records");
        const found = isObject(value) ? value : { subdomain: value };
        const host = textOf(found, "subdomain");
        if (host === "") into.reject(place, "the entry has no name", true);
        covered(host);
        for (const address of textsOf(found, "ips")) {
          if (!isAddress(address)) continue;
          covered(address);
          names.link(host, address, 0);
        }
      },
    },
    "port_scan_results/*": port,
    "shodan_results/*": port,
    "cloud_assets/*": each((value) => readCloud(value, into)),
    "critical_findings/*": each((value) => readCritical(value, into)),
  });
}

function readCloud(value: JsonObject, into: Collector): void {
  const name = [textOf(value, "provider"), textOf(value, "type"), textOf(value, "name", "bucket_name")].join("/");
  const asset: Asset = { kind: "resource", name };
  into.cover(asset);
  const isPublic = value["public_read"] === true || value["public_write"] === true;
  if (!isPublic) {
    into.record({ kind: "check", rule: publicStorage, asset, outcome: "pass", detail: textOf(value, "status") });
    return;
  }
  const word = textOf(value, "risk");
  const url = textOf(value, "url");
  into.record({
    kind: "finding",
    rule: publicStorage,
    asset,
    title: publicStorage.title,
    severity: severityOfWord(word) ?? "high",
    toolSeverity: word,
    ids: [],
    context: [],
    locations: [{ kind: "url", locator: [url], url, detail: { writable: value["public_write"] === true } }],
    state: "present",
    evidence: [],
  });
}

/** Of these, the other lists say all but names that give much away. */
function readCritical(value: JsonObject, into: Collector): void {
  if (textOf(value, "type").toLowerCase() !== "sensitive subdomain") return;
  const message = textOf(value, "description");
  const host = /([\w*-]+(?:\.[\w-]+)+)\.?\s*$/.exec(message)?.[1];
  const word = textOf(value, "severity");
  into.record({
    kind: "finding",
    rule: sensitiveName,
    asset: host === undefined ? { kind: "unnamed" } : { kind: "host", host },
    title: sensitiveName.title,
    severity: severityOfWord(word) ?? "info",
    toolSeverity: word,
    ids: [],
    context: [],
    locations: [{ kind: "other", locator: [], message }],
    state: "present",
    evidence: [],
  });
}
