import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { jsonFeed, type JsonHandler } from "../json/json-feed.ts";
import { asText, isObject, readTime } from "../json/values.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { type EntryType, entryTypes, readEntry, readModified, type Result } from "./entries.ts";
import { Subject } from "./subject.ts";

/** Reads a report of an artifact, of a cluster, or a list of targets. */
export function readTrivy(head: Head, into: Collector): Feed {
  const subject = new Subject();
  const results = resultHandlers(subject, into);
  into.tool("Trivy");
  const ofObject = {
    ArtifactName: text((name) => (subject.name = name)),
    ArtifactType: text((type) => (subject.type = type)),
    "Metadata/RepoTags/*": text((tag) => subject.addTag(tag)),
    CreatedAt: text((time) => {
      into.startedAt(readTime(time));
      into.finishedAt(readTime(time));
    }),
    "Trivy/Version": text((version) => into.tool("", version)),
    ClusterName: text((name) => (subject.cluster = name)),
    ...results("Results/*"),
    ...resourceHandlers("Resources/*", subject, into),
    ...results("Resources/*/Results/*"),
    // What the report of a cluster is called when those of one resource were put together.
    ...resourceHandlers("Findings/*", subject, into),
    ...results("Findings/*/Results/*"),
  };
  const feed = jsonFeed(into, head.kind === "list" ? results("*") : ofObject);
  return {
    write: (part) => feed.write(part),
    end() {
      feed.end();
      if (subject.cluster === undefined) into.cover(subject.asset);
    },
  };
}

function text(take: (text: string) => void): JsonHandler {
  return { whole: (value) => take(asText(value)) };
}

function resourceHandlers(path: string, subject: Subject, into: Collector): Record<string, JsonHandler> {
  const of = (key: "namespace" | "kind" | "name" | "error") => text((value) => (subject.resource[key] = value));
  return {
    [path]: {
      open: () => subject.beginResource(),
      close() {
        if (subject.resource.error === "") into.cover(subject.asset);
        else into.warn("some resources of the cluster could not be scanned; they are not covered");
      },
    },
    [`${path}/Namespace`]: of("namespace"),
    [`${path}/Kind`]: of("kind"),
    [`${path}/Name`]: of("name"),
    [`${path}/Error`]: of("error"),
  };
}

/** Handlers of results, wherever they stand. Entries wait where, by the order of keys, their target stands behind them. */
function resultHandlers(subject: Subject, into: Collector): (path: string) => Record<string, JsonHandler> {
  const rules = new RuleCache();
  let result: Result = { target: undefined, class: "", type: "" };
  let waiting: (() => void)[] = [];
  const entry = (read: (value: Readonly<Record<string, unknown>>, place: string) => void): JsonHandler => ({
    whole(value, _key, place) {
      if (!isObject(value)) into.reject(place, "the entry is no object");
      else if (result.target === undefined) waiting.push(() => read(value, place));
      else read(value, place);
    },
  });
  const to = (place: string) => ({ place, subject, result, rules, into });
  const ofType = (type: EntryType) => entry((value, place) => readEntry(type, value, to(place)));
  const modified = entry((value, place) => readModified(value, to(place)));
  return (path) => ({
    [path]: {
      open() {
        result = { target: undefined, class: "", type: "" };
        waiting = [];
      },
      close() {
        for (const read of waiting) read();
      },
    },
    [`${path}/Target`]: text((target) => {
      result.target = target;
      subject.sawTarget(target);
    }),
    [`${path}/Class`]: text((value) => (result.class = value)),
    [`${path}/Type`]: text((value) => (result.type = value)),
    ...Object.fromEntries(entryTypes.map((type) => [`${path}/${type}/*`, ofType(type)])),
    [`${path}/ModifiedFindings/*`]: modified,
    [`${path}/ExperimentalModifiedFindings/*`]: modified,
  });
}
