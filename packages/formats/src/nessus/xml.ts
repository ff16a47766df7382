import type { Collector, Feed } from "../format/format.ts";
import { readTarget } from "../identity/target.ts";
import { readTime } from "../json/values.ts";
import type { HostRecord, Severity } from "../records/records.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";
import { joinTexts, textsIn, urlsIn } from "../html/html.ts";
import type { XmlElement } from "../xml/element.ts";
import { xmlFeed } from "../xml/xml-feed.ts";
import type { Compliance, Item, ItemReader } from "./item.ts";

const grades: readonly Severity[] = ["info", "low", "medium", "high", "critical"];
/** The plugin that tells of the scan itself. */
const ofScan = "19506";

export function readXml(into: Collector, reader: ItemReader): Feed {
  let host = "";
  let properties = new Map<string, string>();
  const base = "NessusClientData_v2/Report/ReportHost";
  return xmlFeed(into, {
    [base]: {
      open: (attributes) => {
        const name = attributes["name"] ?? "";
        // Scans of web applications name a host by its address.
        host = readTarget(name)?.host ?? name.trim();
        properties = new Map();
      },
      close: () => {
        if (host === "") return;
        into.startedAt(timeOf(properties, "HOST_START"));
        into.finishedAt(timeOf(properties, "HOST_END"));
        // A scan that was stopped has hosts that began and did not end.
        const isWhole = properties.has("HOST_END") || !properties.has("HOST_START");
        if (isWhole) into.cover({ kind: "host", host });
        into.record(hostOf(host, properties));
      },
    },
    [`${base}/HostProperties`]: {
      whole: (element) => {
        properties = new Map(Array.from(element.all("tag"), (tag) => [tag.get("name"), tag.text.trim()]));
      },
    },
    [`${base}/ReportItem`]: {
      whole: (element) => {
        const item = itemOf(element, host, properties.get("host-ip") ?? host);
        if (item.plugin === ofScan) into.tool("Nessus", /Nessus version : (\S+)/.exec(item.output)?.[1]);
        reader.item(item);
      },
    },
  });
}

function timeOf(properties: ReadonlyMap<string, string>, name: string): Date | undefined {
  return readTime(properties.get(`${name}_TIMESTAMP`) ?? properties.get(name) ?? "");
}

function hostOf(host: string, properties: ReadonlyMap<string, string>): HostRecord {
  const address = properties.get("host-ip") ?? "";
  const names: readonly { kind: "reverse" | "alias"; name: string }[] = [
    { kind: "reverse", name: properties.get("host-rdns") ?? "" },
    { kind: "alias", name: properties.get("host-fqdn") ?? "" },
    { kind: "alias", name: properties.get("netbios-name") ?? "" },
  ];
  const system = properties.get("operating-system") ?? "";
  return {
    kind: "host",
    host,
    names: names.filter(({ name }) => name !== "" && name !== host),
    addresses: address === "" ? [] : [address],
    state: "up",
    ...(system === "" ? {} : { details: { system } }),
  };
}

function itemOf(element: XmlElement, host: string, address: string): Item {
  const grade = element.get("severity");
  const texts = (name: string) => Array.from(element.all(name), ({ text }) => text.trim());
  const number = ["cvss4_base_score", "cvss3_base_score", "cvss_base_score"]
    .map((name) => element.textOf(name))
    .find((text) => text !== "");
  return {
    host,
    address,
    port: Number(element.get("port")),
    protocol: element.get("protocol"),
    plugin: element.get("pluginID"),
    title: element.get("pluginName"),
    grade,
    severity: grades[grade === "" ? -1 : Number(grade)] ?? severityOfWord(element.textOf("risk_factor")),
    vectors: ["cvss4_vector", "cvss3_vector", "cvss_vector"].map((name) => element.textOf(name)),
    base: number === undefined ? undefined : Number(number),
    cves: cvesIn(texts("cve").join(" ")),
    output: element.textOf("plugin_output"),
    knownExploited: texts("xref").some((text) => text.startsWith("CISA-KNOWN-EXPLOITED")),
    line: element.line,
    compliance: complianceOf(element),
    texts: () => ({
      kind: "vulnerability",
      description: joinTexts([element.textOf("synopsis"), element.textOf("description")]),
      remediation: element.textOf("solution").replace(/^n\/a$/i, ""),
      references: urlsIn(texts("see_also").join("\n")),
      cwes: [...new Set(texts("cwe").flatMap((text) => cweOf(text)))],
      tags: textsIn([element.get("pluginFamily")]),
    }),
  };
}

function complianceOf(element: XmlElement): Compliance | undefined {
  const result = element.textOf("cm:compliance-result").toUpperCase();
  if (result === "") return undefined;
  const name = element.textOf("cm:compliance-check-name");
  return { result, name, id: element.textOf("cm:compliance-check-id", "cm:compliance-check-name") };
}
