import type { Collector, Feed } from "../format/format.ts";
import { linesFeed } from "../lines/lines-feed.ts";
import { giveRow } from "./json.ts";
import type { RowReader } from "./row.ts";

const pair = /^[\s,{[]*"([A-Za-z]{1,40})"\s*:\s*"(.*)"[\s,]*(\}?)[\s,\]]*$/;

/**
 * Reads JSON that testssl broke where a host failed: commas and brackets are missing, but each key stands on a line of
 * its own. What it reads is never held for the whole.
 */
export function readBrokenJson(into: Collector, reader: RowReader): Feed {
  let host: Record<string, string> = {};
  let row: Record<string, string> | undefined;
  const feed = linesFeed(into, (line, number) => {
    const found = pair.exec(line);
    const key = found?.[1];
    if (key === "targetHost") host = {};
    if (key === "id") row = {};
    if (key !== undefined) (row ?? host)[key] = found?.[2] ?? "";
    const isEnd = found === null ? line.includes("}") : found[3] === "}";
    if (!isEnd || row === undefined) return;
    giveRow(reader, row, host, `line ${number}`, number);
    row = undefined;
  });
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      into.cutOff("the JSON is malformed; its rows were read one by one");
    },
  };
}
