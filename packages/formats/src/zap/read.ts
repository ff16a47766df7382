import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { endpointOf, readTarget } from "../identity/target.ts";
import { jsonFeed } from "../json/json-feed.ts";
import { asText, isObject, type JsonObject, textOf, timeOf } from "../json/values.ts";
import type { Asset, Rule } from "../records/records.ts";
import type { XmlElement } from "../xml/element.ts";
import { xmlFeed } from "../xml/xml-feed.ts";
import { findingOf, instancesOf, ruleOf, truncated } from "./alert.ts";

/** Reads the XML and the JSON report, both with requests or without. */
export function readZap(head: Head, into: Collector): Feed {
  const reader = new ZapReader(into);
  return head.kind === "xml" ? readXml(into, reader) : readJson(into, reader);
}

class ZapReader {
  readonly #into: Collector;
  readonly #rules = new Map<string, Rule>();
  #site: Record<string, string> | undefined;

  constructor(into: Collector) {
    this.#into = into;
    for (const name of ["instances", "counted", "truncatedAlerts", "withRequests", "sites"])
      into.count(name, undefined, 0);
  }

  report(attributes: JsonObject): void {
    this.#into.tool("ZAP", textOf(attributes, "version"));
    const time = timeOf(attributes, "created") ?? timeOf(attributes, "generated");
    this.#into.startedAt(time);
    this.#into.finishedAt(time);
  }

  openSite(): void {
    this.#site = {};
  }

  siteHas(name: string, value: string): void {
    if (this.#site !== undefined) this.#site[name] = value;
  }

  /** A site without alerts was looked at as well. */
  closeSite(): void {
    if (this.#site === undefined || Object.keys(this.#site).length === 0) return;
    this.#into.count("sites");
    const asset = this.#asset();
    if (asset.kind !== "unnamed") this.#into.cover(asset);
    this.#site = undefined;
  }

  #asset(): Asset {
    const { name = "", host = "", port = "" } = this.#site ?? {};
    const target = readTarget(name);
    return endpointOf(host === "" ? (target?.host ?? "") : host, port === "" ? (target?.port ?? 0) : Number(port));
  }

  alert(alert: JsonObject, place: string, line: number): void {
    const key = textOf(alert, "alertRef", "pluginid");
    if (key === "") {
      this.#into.reject(place, "the alert names no rule");
      return;
    }
    const rule = this.#rules.get(key) ?? ruleOf(key, alert);
    this.#rules.set(key, rule);
    this.#count(alert);
    this.#into.record({ ...findingOf(alert, rule), asset: this.#asset(), line });
  }

  #count(alert: JsonObject): void {
    const instances = instancesOf(alert);
    const { count, isSample } = truncated(alert, instances);
    this.#into.count("records");
    this.#into.count("raw", textOf(alert, "riskcode"));
    this.#into.count("instances", undefined, instances.length);
    this.#into.count("counted", undefined, count);
    if (isSample) this.#into.count("truncatedAlerts");
    const requests = instances.filter((one) => textOf(one, "requestheader", "request-header") !== "");
    this.#into.count("withRequests", undefined, requests.length);
  }
}

function readXml(into: Collector, reader: ZapReader): Feed {
  return xmlFeed(into, {
    OWASPZAPReport: { open: (attributes) => reader.report(attributes) },
    "OWASPZAPReport/site": {
      open: (attributes) => {
        reader.openSite();
        for (const name of ["name", "host", "port"]) reader.siteHas(name, attributes[name] ?? "");
      },
      close: () => reader.closeSite(),
    },
    "OWASPZAPReport/site/alerts/alertitem": {
      whole: (item) => reader.alert(plain(item), `line ${item.line}`, item.line),
    },
  });
}

/** An alert of the XML in the shape that those of the JSON have. */
function plain(item: XmlElement): JsonObject {
  const list = item.child("instances");
  const tags = item.child("tags");
  return {
    ...leaves(item),
    ...(list === undefined ? {} : { instances: Array.from(list.all("instance"), (one) => leaves(one)) }),
    tags: tags === undefined ? [] : Array.from(tags.all("tag"), (one) => leaves(one)),
  };
}

function leaves(element: XmlElement): JsonObject {
  const simple = element.children.filter(({ children }) => children.length === 0);
  return Object.fromEntries(simple.map(({ name, text }) => [name, text]));
}

/** The sites are a list; once, a single one was no list. */
function readJson(into: Collector, reader: ZapReader): Feed {
  const site = { open: () => reader.openSite(), close: () => reader.closeSite() };
  const attribute = (name: string) => ({ whole: (value: unknown) => reader.siteHas(name, asText(value)) });
  const alert = {
    whole: (value: unknown, _key: string, place: string) => {
      if (isObject(value)) reader.alert(value, place, 0);
      else into.reject(place, "the alert is no object");
    },
  };
  const ofReport = (name: string) => ({ whole: (value: unknown) => reader.report({ [name]: value }) });
  return jsonFeed(into, {
    "@version": ofReport("version"),
    "@generated": ofReport("generated"),
    created: ofReport("created"),
    site,
    "site/@name": attribute("name"),
    "site/@host": attribute("host"),
    "site/@port": attribute("port"),
    "site/alerts/*": alert,
    "site/*": site,
    "site/*/@name": attribute("name"),
    "site/*/@host": attribute("host"),
    "site/*/@port": attribute("port"),
    "site/*/alerts/*": alert,
  });
}
