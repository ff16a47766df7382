import { tableFeed } from "../csv/table-feed.ts";
import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { readBrokenJson } from "./broken-json.ts";
import { readJson } from "./json.ts";
import { RowReader } from "./row.ts";

/** Reads the CSV and both kinds of JSON; JSON that is none is read again, line by line. */
export function readTestssl(head: Head, into: Collector): Feed {
  const reader = new RowReader(into);
  if (into.notes === broken) return readBrokenJson(into, reader);
  if (head.kind === "list" || head.kind === "object") return readJson(head, into, reader, () => into.again(broken));
  return tableFeed(head, into, (row, line) => {
    const target = row.get("fqdn/ip", "ip");
    const [name = "", address = ""] = target.split(/\/(.*)/s);
    reader.row({
      id: row.get("id"),
      name,
      address,
      port: row.get("port"),
      severity: row.get("severity"),
      finding: row.get("finding"),
      cve: row.get("cve"),
      cwe: row.get("cwe"),
      line,
      place: `line ${line}`,
    });
  });
}

const broken = "the JSON is broken";
