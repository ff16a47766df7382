import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { Names } from "../identity/names.ts";
import { readTarget } from "../identity/target.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { type JsonObject, objectOf, textOf, textsOf, timeOf } from "../json/values.ts";
import type { Details } from "../records/records.ts";

/** Reads one answer of a web server in each line; what did not answer has `failed`. */
export function readHttpx(head: Head, into: Collector): Feed {
  const names = new Names(into);
  return objectsFeed(
    head,
    into,
    (answer, place, line) => {
      const target = readTarget(textOf(answer, "url", "final_url", "input"));
      if (target === undefined) {
        into.reject(place, "the line names no address");
        return;
      }
      into.count("records");
      const time = timeOf(answer, "timestamp");
      into.startedAt(time);
      into.finishedAt(time);
      const { host, port } = target;
      const hasFailed = answer["failed"] === true;
      const certificate = textsOf(objectOf(answer, "tls"), "subject_an").map((name) => ({
        kind: "certificate" as const,
        name,
      }));
      names.host(host, line, { state: hasFailed ? "down" : "up", names: certificate });
      for (const to of [...textsOf(answer, "a"), ...textsOf(answer, "aaaa"), ...textsOf(answer, "cname", "cnames")])
        names.link(host, to, line);
      if (hasFailed || port === undefined) return;
      const product = textOf(answer, "webserver");
      const service = { service: textOf(answer, "scheme"), probed: true, product, details: detailsOf(answer) };
      into.record({ kind: "service", host, port, transport: "tcp", state: "open", ...service, line });
    },
    { logs: true },
  );
}

/** Times, sizes and hashes change with every run, and are left out. */
function detailsOf(answer: JsonObject): Details {
  const technologies = textsOf(answer, "tech", "technologies");
  const texts: [string, string][] = [
    ["path", textOf(answer, "path")],
    ["title", textOf(answer, "title")],
    ["status", textOf(answer, "status_code", "status-code")],
    ["contentType", textOf(answer, "content_type", "content-type")],
    ["cdn", textOf(answer, "cdn_name")],
  ];
  const said = Object.fromEntries(texts.filter(([, text]) => text !== ""));
  return { ...said, ...(technologies.length === 0 ? {} : { technologies }) };
}
