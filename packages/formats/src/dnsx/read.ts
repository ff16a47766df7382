import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { isAddress } from "../identity/host.ts";
import { Names } from "../identity/names.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { textOf, textsOf, timeOf } from "../json/values.ts";

/** Reads the answers of DNS for a name in each line. */
export function readDnsx(head: Head, into: Collector): Feed {
  const names = new Names(into);
  return objectsFeed(head, into, (answer, place, line) => {
    const host = textOf(answer, "host");
    if (host === "") {
      into.reject(place, "the line has no name");
      return;
    }
    into.count("records");
    const time = timeOf(answer, "timestamp");
    into.startedAt(time);
    into.finishedAt(time);
    const isGone = textOf(answer, "status_code").toUpperCase() === "NXDOMAIN";
    const reverse = isAddress(host) ? textsOf(answer, "ptr") : [];
    names.host(host, line, {
      state: isGone ? "gone" : "unknown",
      names: reverse.map((name) => ({ kind: "reverse", name })),
    });
    for (const type of ["a", "aaaa", "cname"]) for (const to of textsOf(answer, type)) names.link(host, to, line, type);
  });
}
