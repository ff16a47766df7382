import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { Names } from "../identity/names.ts";
import { once } from "../identity/once.ts";
import { readTarget } from "../identity/target.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { isObject, objectOf, textOf, timeOf } from "../json/values.ts";

/** Reads the origins of the requests that were made, one in each line; pages are too many to be kept. */
export function readKatana(head: Head, into: Collector): Feed {
  const names = new Names(into);
  const isNew = once();
  return objectsFeed(
    head,
    into,
    (visit, place, line) => {
      const target = readTarget(textOf(isObject(visit["request"]) ? objectOf(visit, "request") : visit, "endpoint"));
      if (target === undefined) {
        into.reject(place, "the line has no endpoint");
        return;
      }
      into.count("records");
      const time = timeOf(visit, "timestamp");
      into.startedAt(time);
      into.finishedAt(time);
      // A request that failed proves nothing of its origin.
      if (textOf(visit, "error") !== "" && !isObject(visit["response"])) return;
      const { host, port } = target;
      names.host(host, line, { state: "up" });
      if (port !== undefined && isNew(`${host} ${port}`))
        into.record({ kind: "service", host, port, transport: "tcp", state: "open", line });
    },
    { logs: true },
  );
}
