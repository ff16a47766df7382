import { FormatError } from "../errors/format-error.ts";
import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { jsonFeed, type JsonHandler } from "../json/json-feed.ts";
import { asText, isObject, type JsonObject, objectsOf, readTime, textOf } from "../json/values.ts";
import type { RowReader } from "./row.ts";

/** Reads the flat and the pretty JSON; `onBroken` is called where it is none, and what follows is left. */
export function readJson(head: Head, into: Collector, reader: RowReader, onBroken: () => void): Feed {
  const isFlat = !head.keys.has("scanResult");
  const feed = jsonFeed(into, isFlat ? flat(into, reader) : pretty(head.kind === "list" ? "*/" : "", into, reader));
  let isBroken = false;
  return {
    write(text) {
      if (isBroken) return;
      try {
        feed.write(text);
      } catch (error) {
        if (!(error instanceof FormatError) || error.code !== "REPORT_MALFORMED") throw error;
        isBroken = true;
        onBroken();
      }
    },
    end() {
      if (!isBroken) feed.end();
    },
  };
}

function flat(into: Collector, reader: RowReader): Record<string, JsonHandler> {
  return {
    "*": {
      whole: (value, _key, place) => {
        if (isObject(value)) giveRow(reader, value, {}, place);
        else into.reject(place, "the row is no object");
      },
    },
  };
}

/** Lists of rows by subject within hosts; what went wrong before there was a host stands in lists of its own. */
function pretty(base: string, into: Collector, reader: RowReader): Record<string, JsonHandler> {
  return {
    [`${base}version`]: { whole: (value) => into.tool("testssl.sh", asText(value)) },
    [`${base}startTime`]: { whole: (value) => into.startedAt(readTime(asText(value))) },
    [`${base}scanTime`]: {
      whole: (value) => {
        if (/interrupted/i.test(asText(value))) into.coverNothing("the scan was interrupted");
      },
    },
    [`${base}*/*`]: {
      whole: (value, _key, place) => {
        if (isObject(value)) giveRow(reader, value, {}, place);
      },
    },
    [`${base}scanResult/*`]: {
      whole: (host, _key, place) => {
        if (!isObject(host)) return;
        if (Object.hasOwn(host, "severity")) giveRow(reader, host, {}, place);
        for (const subject of Object.keys(host))
          if (Array.isArray(host[subject]))
            for (const row of objectsOf(host, subject)) giveRow(reader, row, host, place);
      },
    },
  };
}

/** A row of the flat kind has name and address in one text, that of the pretty kind has them from its host. */
export function giveRow(reader: RowReader, row: JsonObject, host: JsonObject, place: string, line = 0): void {
  const isPretty = Object.hasOwn(host, "targetHost");
  const [name = "", address = ""] = isPretty
    ? [textOf(host, "targetHost"), textOf(host, "ip")]
    : textOf(row, "ip", "fqdn/ip").split(/\/(.*)/s);
  reader.row({
    id: textOf(row, "id"),
    name: name.replace(/\.$/, ""),
    address,
    port: isPretty ? textOf(host, "port") : textOf(row, "port"),
    severity: textOf(row, "severity"),
    finding: textOf(row, "finding"),
    cve: textOf(row, "cve"),
    cwe: textOf(row, "cwe"),
    line,
    place,
  });
}
