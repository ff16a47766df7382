import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { jsonFeed, type JsonHandler } from "../json/json-feed.ts";
import { isObject, type JsonObject, objectOf, objectsOf, textOf, timeOf } from "../json/values.ts";
import { readResult } from "./results.ts";
import { Run } from "./run.ts";

/**
 * Reads the runs of tools. What results refer to may stand behind them: then the runs are kept, and the report is read
 * once more with what is known of them.
 */
export function readSarif(_head: Head, into: Collector): Feed {
  const known = (into.notes ?? []) as readonly Run[];
  const runs: Run[] = [];
  let results: Run = new Run();
  let run = results;
  const feed = jsonFeed(into, {
    "runs/*": {
      open: () => {
        run = new Run();
        // Of a run that is known, results are read with all that is known.
        results = known[runs.length] ?? run;
        runs.push(run);
        into.count("runs");
      },
      close: () => finishRun(results, into),
    },
    "runs/*/tool/driver": whole((driver) => {
      run.setDriver(driver);
      into.tool(textOf(driver, "name"), textOf(driver, "semanticVersion", "version"));
      into.count("tools", textOf(driver, "name"));
    }),
    "runs/*/tool/extensions/*": { whole: (value) => run.addExtension(value) },
    "runs/*/artifacts/*": { whole: (value) => run.artifacts.push(artifactUri(value)) },
    "runs/*/originalUriBaseIds": whole((bases) => {
      run.bases = bases;
    }),
    "runs/*/invocations/*": whole((invocation) => readInvocation(invocation, run, into)),
    "runs/*/automationDetails": whole((details) => {
      const id = textOf(details, "id");
      if (id.includes("/")) into.series(id.slice(0, id.lastIndexOf("/")));
    }),
    "runs/*/versionControlProvenance/*": whole((control) => {
      if (run.repository === "") run.repository = textOf(control, "repositoryUri");
    }),
    "runs/*/results/*": {
      whole: (value, _key, place) => {
        if (isObject(value)) readResult(value, place, results, into);
        else into.reject(place, "the result is no object");
      },
    },
  });
  return {
    write: (text) => feed.write(text),
    end: () => {
      feed.end();
      if (known.length === 0 && runs.some((one) => isLate(one))) into.again(runs);
    },
  };
}

/** A handler of whole objects; whatever else stands there is passed over. */
function whole(read: (value: JsonObject) => void): JsonHandler {
  return {
    whole: (value) => {
      if (isObject(value)) read(value);
    },
  };
}

/** Whether results referred to what came behind them. */
function isLate({ missed, hasTool, artifacts, bases, overrides }: Run): boolean {
  return (
    (missed.has("overrides") && overrides.some((list) => list.length > 0)) ||
    (missed.has("tool") && hasTool) ||
    (missed.has("artifacts") && artifacts.length > 0) ||
    (missed.has("bases") && Object.keys(bases).length > 0)
  );
}

function finishRun(run: Run, into: Collector): void {
  into.cover({ kind: "repository", name: run.repository });
}

function artifactUri(value: unknown): string {
  return isObject(value) ? textOf(objectOf(value, "location"), "uri") : "";
}

function readInvocation(invocation: JsonObject, run: Run, into: Collector): void {
  into.startedAt(timeOf(invocation, "startTimeUtc"));
  into.finishedAt(timeOf(invocation, "endTimeUtc"));
  run.overrides.push(objectsOf(invocation, "ruleConfigurationOverrides"));
  run.workingDirectory = textOf(objectOf(invocation, "workingDirectory"), "uri");
  if (invocation["executionSuccessful"] === false) into.coverNothing("the tool says that it did not succeed");
  const notifications = [
    ...objectsOf(invocation, "toolExecutionNotifications"),
    ...objectsOf(invocation, "toolConfigurationNotifications"),
  ];
  if (notifications.some((one) => textOf(one, "level") === "error")) into.coverNothing("the tool reports errors");
}
