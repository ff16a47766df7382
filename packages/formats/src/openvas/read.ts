import type { Collector, Feed } from "../format/format.ts";
import { tableFeed } from "../csv/table-feed.ts";
import type { Head } from "../head/head.ts";
import { ResultReader } from "./result.ts";
import { resultOfRow } from "./row.ts";
import { readXml } from "./xml.ts";

/** Reads a report of GMP as XML, however it is wrapped, or as CSV. */
export function readOpenvas(head: Head, into: Collector): Feed {
  into.tool("OpenVAS");
  const reader = new ResultReader(into);
  const feed =
    head.kind === "xml"
      ? readXml(into, reader)
      : tableFeed(head, into, (row, line) => {
          const result = resultOfRow(row, line);
          into.finishedAt(result.time);
          reader.result(result);
        });
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      reader.end();
    },
  };
}
