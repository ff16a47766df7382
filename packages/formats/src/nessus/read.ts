import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { tableFeed } from "../csv/table-feed.ts";
import { ItemReader } from "./item.ts";
import { itemOfRow } from "./row.ts";
import { readXml } from "./xml.ts";

/** Reads version 2 of the XML, and the CSV exports. */
export function readNessus(head: Head, into: Collector): Feed {
  const reader = new ItemReader(into);
  if (head.kind === "xml") return readXml(into, reader);
  into.tool("Nessus");
  return tableFeed(head, into, (row, line) => {
    const item = itemOfRow(row, line);
    if (reader.item(item) && item.host !== "") into.cover({ kind: "host", host: item.host });
  });
}
