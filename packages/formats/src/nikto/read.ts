import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { urlsIn } from "../html/html.ts";
import { endpointOf, readTarget } from "../identity/target.ts";
import { jsonFeed } from "../json/json-feed.ts";
import { asText, isObject, readTime, textOf } from "../json/values.ts";
import type { Asset, Rule } from "../records/records.ts";
import { cvesIn } from "../severity/ids.ts";
import { xmlFeed } from "../xml/xml-feed.ts";

interface Item {
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly message: string;
  readonly references: string;
  readonly line: number;
}

/** Reads the JSON, whether a list, one object or several, and the XML, also of several runs in one file. */
export function readNikto(head: Head, into: Collector): Feed {
  const reader = new NiktoReader(into);
  return head.kind === "xml" ? readXml(head, into, reader) : readJson(head, into, reader);
}

class NiktoReader {
  readonly #into: Collector;
  readonly #rules = new Map<string, Rule>();
  #asset: Asset = { kind: "unnamed" };
  #base = "";

  constructor(into: Collector) {
    this.#into = into;
    into.tool("Nikto");
  }

  /** What follows is of this host; it was looked at also when nothing follows. */
  host(name: string, address: string, port: number): void {
    const host = readTarget(name)?.host ?? address;
    this.#asset = endpointOf(host, port);
    const authority = host.includes(":") ? `[${host}]` : host;
    this.#base =
      host === "" ? "" : `${port === 443 ? "https" : "http"}://${authority}${isUsual(port) ? "" : `:${port}`}`;
    if (this.#asset.kind !== "unnamed") this.#into.cover(this.#asset);
  }

  item({ key, method, url, message, references, line }: Item, place: string): void {
    if (key === "") {
      this.#into.reject(place, "the item has no number");
      return;
    }
    const rule = this.#rules.get(key) ?? ruleOf(key, message, references);
    this.#rules.set(key, rule);
    this.#into.count("records");
    this.#into.record({
      kind: "finding",
      rule,
      asset: this.#asset,
      title: rule.title,
      severity: "info",
      toolSeverity: "",
      ids: cvesIn(`${message} ${references}`),
      context: [],
      locations: [
        {
          kind: "url",
          locator: [method, url, message],
          url: url.startsWith("/") ? `${this.#base}${url}` : url,
          method,
          message,
        },
      ],
      state: "present",
      evidence: [],
      line,
    });
  }
}

function isUsual(port: number): boolean {
  return port === 80 || port === 443 || port === 0;
}

function ruleOf(key: string, message: string, references: string): Rule {
  return {
    key,
    kind: "weakness",
    // One number has several messages; the first names it.
    title: message === "" ? key : message,
    references: urlsIn(`${references} ${message}`),
  };
}

/** The host's keys stand before its items. */
function readJson(head: Head, into: Collector, reader: NiktoReader): Feed {
  const base = head.kind === "list" ? "*/" : "";
  let host: Record<string, string> = {};
  const key = (name: string) => ({
    whole: (value: unknown) => {
      host[name] = asText(value);
    },
  });
  const open = () => {
    host = {};
  };
  const item = {
    whole: (value: unknown, _key: string, place: string) => {
      if (!isObject(value)) {
        into.reject(place, "the item is no object");
        return;
      }
      const message = textOf(value, "msg", "message");
      const references = [textOf(value, "references"), message].join(" ");
      const [method, url] = [textOf(value, "method"), textOf(value, "url", "uri")];
      reader.item({ key: textOf(value, "id"), method, url, message, references, line: 0 }, place);
    },
  };
  return jsonFeed(
    into,
    {
      [base.slice(0, -1)]: { open },
      [`${base}host`]: key("host"),
      [`${base}ip`]: key("ip"),
      [`${base}port`]: key("port"),
      [`${base}vulnerabilities`]: {
        open: () => reader.host(host["host"] ?? "", host["ip"] ?? "", Number(host["port"] ?? "0")),
      },
      [`${base}vulnerabilities/*`]: item,
    },
    { several: true, commas: true },
  );
}

function readXml(head: Head, into: Collector, reader: NiktoReader): Feed {
  return xmlFeed(
    into,
    {
      "**/niktoscan": { open: (attributes) => into.tool("Nikto", attributes["version"]) },
      "**/scandetails": {
        open: (attributes) => {
          const name = attributes["targethostname"] ?? "";
          reader.host(name, attributes["targetip"] ?? "", Number(attributes["targetport"] ?? "0"));
          into.startedAt(timeOf(attributes["starttime"]));
        },
      },
      "**/statistics": { open: (attributes) => into.finishedAt(timeOf(attributes["endtime"])) },
      "**/item": {
        whole: (element) => {
          const references = [element.textOf("references"), element.get("osvdblink")].join(" ");
          const [url, message] = [element.textOf("uri"), element.textOf("description")];
          const item = { key: element.get("id"), method: element.get("method"), url, message, references };
          reader.item({ ...item, line: element.line }, `line ${element.line}`);
        },
      },
    },
    { several: head.root },
  );
}

/** A scan that did not end says 1970. */
function timeOf(text = ""): Date | undefined {
  const time = readTime(text);
  return time === undefined || time.getUTCFullYear() < 1990 ? undefined : time;
}
