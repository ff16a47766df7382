import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { jsonFeed } from "../json/json-feed.ts";
import { asText, isObject, type JsonObject, readTime, textOf } from "../json/values.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { type XmlHandler, xmlFeed } from "../xml/xml-feed.ts";
import { Bom } from "./bom.ts";
import { componentFromXml, nestedVulnerabilities, vulnerabilityFromXml } from "./from-xml.ts";
import { readVulnerability } from "./vulnerabilities.ts";

/** Reads a bill of materials. What its vulnerabilities refer to may stand behind them: the first pass keeps it. */
export function readCyclonedx(head: Head, into: Collector): Feed {
  const bom = new Bom();
  // In the second pass, all of the bill is known from the beginning.
  const known = into.notes instanceof Bom ? into.notes : bom;
  const rules = new RuleCache();
  const to: Sink = {
    bom,
    into,
    vulnerability: (value, place) => readVulnerability(value, { place, bom: known, rules, into }),
  };
  const feed = head.kind === "xml" ? xmlBom(head, to) : jsonBom(to);
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      into.keep(bom);
      into.count("components", undefined, bom.components);
      into.cover(bom.subject);
      if (!bom.hasVulnerabilities) into.coverNothing("the bill lists components, and no vulnerabilities");
      else if (bom.components === 0)
        into.coverNothing("the report states something of vulnerabilities, and is no scan");
    },
  };
}

interface Sink {
  readonly bom: Bom;
  readonly into: Collector;
  readonly vulnerability: (value: JsonObject, place: string) => void;
}

function jsonBom({ bom, into, vulnerability }: Sink): Feed {
  const whole = (take: (value: JsonObject, place: string) => void) => ({
    whole(value: unknown, _key: string, place: string) {
      if (isObject(value)) take(value, place);
      else into.reject(place, "the element is no object");
    },
  });
  const tool = whole((value) => into.tool(textOf(value, "name"), textOf(value, "version")));
  return jsonFeed(into, {
    "metadata/timestamp": { whole: (value) => setTime(asText(value), into) },
    "metadata/component": whole((component) => bom.setSubject(component)),
    "metadata/tools/components/*": tool,
    "metadata/tools/services/*": tool,
    // A list until version 1.4.
    "metadata/tools/*": tool,
    "components/*": whole((component) => bom.addComponent(component)),
    vulnerabilities: {
      open() {
        bom.hasVulnerabilities = true;
      },
    },
    "vulnerabilities/*": whole(vulnerability),
  });
}

function xmlBom(head: Head, { bom, into, vulnerability }: Sink): Feed {
  const prefix = /^[^:]+:/.exec(head.root)?.[0] ?? "";
  const path = (...names: string[]) => names.map((name) => `${prefix}${name}`).join("/");
  const extension = /xmlns:([\w.-]+)\s*=\s*["']http:\/\/cyclonedx\.org\/schema\/ext\/vulnerability/.exec(
    head.text,
  )?.[1];
  const saw = { open: () => (bom.hasVulnerabilities = true) };
  const each: XmlHandler = { whole: (element) => vulnerability(vulnerabilityFromXml(element), `line ${element.line}`) };
  const time: XmlHandler = { whole: (element) => setTime(element.text.trim(), into) };
  const tool: XmlHandler = {
    whole: (element) => {
      const { name, version } = componentFromXml(element);
      into.tool(asText(name), asText(version));
    },
  };
  return xmlFeed(into, {
    [path("bom", "metadata", "timestamp")]: time,
    [path("bom", "metadata", "component")]: { whole: (element) => bom.setSubject(componentFromXml(element)) },
    [path("bom", "metadata", "tools", "tool")]: tool,
    [path("bom", "metadata", "tools", "components", "component")]: tool,
    [path("bom", "components", "component")]: {
      whole(element) {
        bom.addComponent(componentFromXml(element));
        for (const one of nestedVulnerabilities(element)) {
          bom.hasVulnerabilities = true;
          vulnerability(one, `line ${element.line}`);
        }
      },
    },
    [path("bom", "vulnerabilities")]: saw,
    [path("bom", "vulnerabilities", "vulnerability")]: each,
    ...(extension === undefined
      ? {}
      : {
          [`${path("bom")}/${extension}:vulnerabilities`]: saw,
          [`${path("bom")}/${extension}:vulnerabilities/${extension}:vulnerability`]: each,
        }),
  });
}

function setTime(text: string, into: Collector): void {
  into.startedAt(readTime(text));
  into.finishedAt(readTime(text));
}
