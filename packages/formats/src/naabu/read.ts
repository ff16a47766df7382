import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { Names } from "../identity/names.ts";
import { once } from "../identity/once.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { countOf, isObject, type JsonObject, textOf, timeOf } from "../json/values.ts";
import type { Transport } from "../records/records.ts";

/** Reads an open port in each line; naabu may write one several times. */
export function readNaabu(head: Head, into: Collector): Feed {
  const names = new Names(into);
  const isNew = once();
  return objectsFeed(
    head,
    into,
    (open, place, line) => {
      const address = textOf(open, "ip");
      const host = textOf(open, "host", "ip");
      const port = portOf(open);
      if (host === "" || port === undefined || port < 1 || port > 65_535) {
        into.reject(place, "the line has no address or no port");
        return;
      }
      into.count("records");
      const time = timeOf(open, "timestamp");
      into.startedAt(time);
      into.finishedAt(time);
      names.host(host, line, { state: "up", addresses: address === "" ? [] : [address] });
      const transport = transportOf(open);
      if (isNew(`${host} ${port} ${transport}`))
        into.record({ kind: "service", host, port, transport, state: "open", line });
    },
    { logs: true },
  );
}

/** Once, the port was an object. */
function portOf(open: JsonObject): number | undefined {
  const { port } = open;
  return isObject(port) ? countOf(port, "Port") : countOf(open, "port");
}

/** In the object, 1 is UDP. */
function transportOf(open: JsonObject): Transport {
  const { port } = open;
  if (isObject(port)) return port["Protocol"] === 1 ? "udp" : "tcp";
  return textOf(open, "protocol").toLowerCase() === "udp" ? "udp" : "tcp";
}
