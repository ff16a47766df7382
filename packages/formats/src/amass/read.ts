import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { Names } from "../identity/names.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { objectsOf, textOf, timeOf } from "../json/values.ts";
import { linesFeed } from "../lines/lines-feed.ts";

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const colour = /\u001B\[[\d;]*m/g;
const arrow = /^(\S+) \((\w+)\)\s+-->\s+(\w+)\s+-->\s+(\S+) \((\w+)\)$/;
const links: ReadonlyMap<string, string> = new Map([
  ["a_record", "a"],
  ["aaaa_record", "aaaa"],
  ["cname_record", "cname"],
]);

/** Reads objects of version 3, or the arrows of version 4, which has no JSON. */
export function readAmass(head: Head, into: Collector): Feed {
  const names = new Names(into);
  if (head.kind === "text") return linesFeed(into, (text, line) => readArrow(text, line, names, into));
  return objectsFeed(head, into, (found, place, line) => {
    const name = textOf(found, "name");
    if (name === "") {
      into.reject(place, "the line has no name");
      return;
    }
    into.count("records");
    const time = timeOf(found, "timestamp");
    into.startedAt(time);
    into.finishedAt(time);
    names.host(name, line);
    for (const address of objectsOf(found, "addresses")) names.link(name, textOf(address, "ip"), line);
  });
}

function readArrow(text: string, line: number, names: Names, into: Collector): void {
  const plain = text.replaceAll(colour, "").trim();
  if (plain === "") return;
  const [, from = "", fromType, relation = "", to = "", toType] = arrow.exec(plain) ?? [];
  if (from === "") {
    into.reject(`line ${line}`, "the line is no relation");
    return;
  }
  into.count("records");
  // Names of the reverse tree are no hosts.
  if (fromType !== "FQDN" || from.endsWith(".arpa")) return;
  names.host(from, line);
  const type = links.get(relation);
  if (type !== undefined) names.link(from, to, line, type);
  else if (relation === "node" && toType === "FQDN") names.host(to, line);
}
