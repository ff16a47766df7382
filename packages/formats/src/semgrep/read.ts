import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { codePath } from "../identity/code-path.ts";
import { jsonFeed } from "../json/json-feed.ts";
import { asText, isObject, type JsonObject, objectOf, objectsOf, textOf } from "../json/values.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { readResult } from "./results.ts";
import { readVulnerability } from "./vulnerabilities.ts";

/** Reads results of rules, or a page of vulnerable dependencies. */
export function readSemgrep(_head: Head, into: Collector): Feed {
  const rules = new RuleCache();
  let hasRepositories = false;
  const each = (read: (value: JsonObject, place: string) => void) => ({
    whole(value: unknown, _key: string, place: string) {
      if (isObject(value)) read(value, place);
      else into.reject(place, "the element is no object");
    },
  });
  into.tool("semgrep");
  const feed = jsonFeed(into, {
    version: { whole: (value) => into.tool("", asText(value)) },
    "results/*": each((result, place) => readResult(result, { place, rules, into })),
    "vulns/*": each((vulnerability, place) => {
      hasRepositories = true;
      readVulnerability(vulnerability, { place, rules, into });
    }),
    "errors/*": { whole: (value) => readError(isObject(value) ? value : {}, into) },
    "paths/scanned/*": { whole: () => into.count("scanned") },
    "paths/skipped/*": {
      whole(value) {
        const path = isObject(value) ? textOf(value, "path") : asText(value);
        if (path !== "") into.coverExcept(codePath(path));
      },
    },
    hasMore: {
      whole(value) {
        if (value !== true) return;
        into.count("hasMore");
        into.coverNothing("the report is one page of many");
      },
    },
  });
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      if (!hasRepositories) into.cover({ kind: "repository", name: "" });
    },
  };
}

/** An error ends a scan or a rule; a warning leaves out a file, or a part of it. */
function readError(error: JsonObject, into: Collector): void {
  into.count("errors");
  const paths = [textOf(error, "path"), ...objectsOf(error, "spans").map((span) => textOf(span, "file"))];
  const named = paths.concat(textOf(objectOf(error, "location"), "path")).filter((path) => path !== "");
  for (const path of named) into.coverExcept(codePath(path));
  const isWarning = /^(?:warn|warning|info)$/i.test(textOf(error, "level"));
  if (!isWarning || named.length === 0) into.coverNothing("the tool reports errors");
}
