import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { Names } from "../identity/names.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { textOf } from "../json/values.ts";

/** Reads a name in each line; one that several sources know comes several times. */
export function readSubfinder(head: Head, into: Collector): Feed {
  const names = new Names(into);
  return objectsFeed(head, into, (found, place, line) => {
    const host = textOf(found, "host");
    if (host === "") {
      into.reject(place, "the line has no name");
      return;
    }
    into.count("records");
    const address = textOf(found, "ip");
    names.host(host, line);
    if (address !== "") names.link(host, address, line);
  });
}
