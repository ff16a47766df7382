import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { jsonFeed } from "../json/json-feed.ts";
import { asText, isObject, readTime, textOf } from "../json/values.ts";
import { readServer, type Server } from "./server.ts";
import { acceptedSuites, type Test, tests } from "./tests.ts";

/** Reads servers. Whether a certificate has expired is known by the time of the scan, which may stand behind them. */
export function readSslyze(_head: Head, into: Collector): Feed {
  let time = (into.notes ?? undefined) as Date | undefined;
  let isLate = false;
  into.tool("sslyze");
  const feed = jsonFeed(into, {
    sslyze_version: { whole: (value) => into.tool("", asText(value)) },
    date_scans_started: { whole: (value) => into.startedAt(readTime(asText(value))) },
    date_scans_completed: {
      whole(value) {
        time = readTime(asText(value));
        into.finishedAt(time);
      },
    },
    "server_scan_results/*": {
      whole(value, _key, place) {
        const server = isObject(value) ? readServer(value) : undefined;
        into.count("records");
        isLate ||= time === undefined;
        if (server === undefined) into.reject(place, "the result names no server");
        else if (server.connectivity === "COMPLETED") readResults(server, time, into);
        else unreachable(server.connectivity, into);
      },
    },
    // Until version 4; later such servers stand among the others.
    "server_connectivity_errors/*": {
      whole() {
        into.count("records");
        unreachable("ERROR", into);
      },
    },
    "invalid_server_strings/*": {
      whole: () => into.warn("some servers have names that could not be read or looked up"),
    },
  });
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      if (isLate && time !== undefined) into.again(time);
    },
  };
}

function unreachable(status: string, into: Collector): void {
  into.count("connectivity", status);
  into.warn("some servers could not be reached; they are not covered");
}

function readResults(server: Server, time: Date | undefined, into: Collector): void {
  const { asset, attempts, details } = server;
  into.count("connectivity", server.connectivity);
  const highest = textOf(details, "highest_tls_version_supported");
  into.record({ ...asset, kind: "service", state: "open", ...(highest === "" ? {} : { details: { highest } }) });
  for (const [name, { status, result }] of attempts) {
    into.count("commands", status);
    if (status !== "COMPLETED") continue;
    into.cover(asset);
    into.coverCommand(name, asset);
    if (name.endsWith("_cipher_suites")) into.count("acceptedSuites", name, acceptedSuites(result).length);
  }
  for (const test of tests) readTest(test, server, time, into);
}

/** Gives a finding of each command that fails a test, or the check where all that ran passed. */
function readTest(test: Test, server: Server, time: Date | undefined, into: Collector): void {
  const { rule, commands, ids = [] } = test;
  const { asset, address } = server;
  let ran = 0;
  let failed = 0;
  for (const command of commands) {
    const attempt = server.attempts.get(command);
    if (attempt?.status !== "COMPLETED") continue;
    ran += 1;
    const message = test.fails(attempt.result, time);
    if (message === "") continue;
    failed += 1;
    into.record({
      kind: "finding",
      rule,
      asset,
      title: rule.title,
      severity: rule.severity ?? "medium",
      toolSeverity: "",
      ids,
      context: [],
      // A class of suites may be accepted by one protocol and no more by another.
      locations: [
        { kind: "address", locator: commands.length === 1 ? [address] : [address, command], address, message },
      ],
      state: "present",
      command,
      evidence: [],
    });
  }
  if (ran > 0 && failed === 0) into.record({ kind: "check", rule, asset, outcome: "pass", detail: "" });
}
