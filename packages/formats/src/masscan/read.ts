import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import {
  countOf,
  firstText,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  readTime,
  textOf,
  timeOf,
} from "../json/values.ts";
import { linesFeed } from "../lines/lines-feed.ts";
import { readHost } from "../nmap/hosts.ts";
import type { ServiceRecord, Transport } from "../records/records.ts";
import { xmlFeed } from "../xml/xml-feed.ts";

/** Reads what masscan writes: XML like nmap's, or JSON of which it does not take care, so that it is read line by line. */
export function readMasscan(head: Head, into: Collector): Feed {
  into.tool("masscan");
  if (head.kind === "xml")
    return xmlFeed(into, {
      nmaprun: {
        open: (attributes) => {
          into.tool("masscan", attributes["version"]);
          into.startedAt(readTime(attributes["start"] ?? ""));
        },
      },
      "nmaprun/host": { whole: (host) => readHost(host, into) },
      "nmaprun/runstats/finished": { open: (attributes) => into.finishedAt(readTime(attributes["time"] ?? "")) },
    });
  return linesFeed(into, (text, line) => {
    // Brackets and commas around the records, the word that it finished, and the comments of its list format.
    const bare = text.trim().replaceAll(/^[[,\s]+(?=\{)|^[[\],\s]+$|[,\s]+$/g, "");
    if (bare === "" || bare.startsWith("#") || /^\{\s*"?finished"?\s*:/.test(bare)) return;
    const values = parse(bare);
    if (values === undefined) into.reject(`line ${line}`, "the line is no record");
    else for (const value of values) readRecord(value, into, line);
  });
}

/** The records of a line: one, or all of a list that stands on one line. */
function parse(text: string): JsonObject[] | undefined {
  for (const attempt of [text, `[${text}`, `[${text}]`]) {
    try {
      const value = JSON.parse(attempt) as unknown;
      const list = Array.isArray(value) ? (value as unknown[]) : [value];
      return list.every((one) => isObject(one)) ? list : undefined;
    } catch {
      // The brackets of a list may have been on other lines.
    }
  }
  return undefined;
}

function readRecord(value: JsonObject, into: Collector, line: number): void {
  const host = textOf(value, "ip");
  if (host === "") {
    if (!Object.hasOwn(value, "finished")) into.reject(`line ${line}`, "the record has no address");
    return;
  }
  into.count("records");
  const time = timeOf(value, "timestamp");
  into.startedAt(time);
  into.finishedAt(time);
  // The line-by-line form has one port beside the address.
  for (const port of Object.hasOwn(value, "ports") ? objectsOf(value, "ports") : [value]) {
    const number = countOf(port, "port");
    const transport = textOf(port, "proto");
    if (number === undefined || number > 65_535 || !isTransport(transport)) {
      if (transport !== "icmp") into.reject(`line ${line}`, "the port has no number or transport");
      continue;
    }
    into.record({ kind: "service", host, port: number, transport, line, ...seen(port) });
  }
}

function isTransport(text: string): text is Transport {
  return text === "tcp" || text === "udp" || text === "sctp";
}

/** A banner proves that the port is open. */
function seen(port: JsonObject): Pick<ServiceRecord, "state" | "service" | "probed" | "details"> {
  const data = objectOf(port, "data");
  const service = Object.hasOwn(port, "service") ? objectOf(port, "service") : data;
  const name = textOf(service, "name", "service_name");
  const banner = textOf(service, "banner");
  const status = firstText(textOf(port, "status"), textOf(data, "status"));
  const isOpen = status === "open" || name !== "" || banner !== "";
  const state = isOpen ? "open" : status === "closed" ? "closed" : "unknown";
  return { state, service: name, probed: name !== "", ...(banner === "" ? {} : { details: { banner } }) };
}
