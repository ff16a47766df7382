import { FormatError } from "../errors/format-error.ts";
import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { readTime } from "../json/values.ts";
import type { Transport } from "../records/records.ts";
import type { PortRange } from "../records/report-survey.ts";
import { xmlFeed } from "../xml/xml-feed.ts";
import { readHost } from "./hosts.ts";

/** Reads hosts one by one; a run that does not say that it finished was interrupted. */
export function readNmap(_head: Head, into: Collector): Feed {
  let hasFinished = false;
  let hasBegun = false;
  const feed = xmlFeed(into, {
    nmaprun: {
      open: (attributes) => {
        hasBegun = true;
        into.tool("nmap", attributes["version"]);
        into.startedAt(readTime(attributes["start"] ?? ""));
        into.coverCommandsOnly();
        for (const script of scriptsOf(attributes["args"] ?? "")) into.coverCommand(script);
      },
      close: () => {
        if (!hasFinished) into.cutOff("the scan did not finish");
      },
    },
    "nmaprun/scaninfo": { open: (attributes) => into.coverPorts(rangesOf(attributes)) },
    "nmaprun/host": { whole: (host) => readHost(host, into) },
    "nmaprun/runstats/finished": {
      open: (attributes) => {
        hasFinished = true;
        into.finishedAt(readTime(attributes["time"] ?? ""));
        const { exit = "success" } = attributes;
        if (exit !== "success") into.coverNothing("the scan ended with an error");
      },
    },
  });
  return tolerant(feed, into, () => hasBegun);
}

/** Nmap may write its progress into the middle of a tag; what stood before that is kept, and the report is partial. */
function tolerant(feed: Feed, into: Collector, hasBegun: () => boolean): Feed {
  let isBroken = false;
  const attempt = (step: () => void) => {
    if (isBroken) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof FormatError) || error.code !== "REPORT_MALFORMED" || !hasBegun()) throw error;
      isBroken = true;
      into.cutOff("the XML is broken", error.place);
    }
  };
  return { write: (text) => attempt(() => feed.write(text)), end: () => attempt(() => feed.end()) };
}

/** The ports of `<scaninfo protocol="tcp" services="1-1000,8080"/>`. */
function rangesOf(attributes: Readonly<Record<string, string>>): PortRange[] {
  const transport = attributes["protocol"];
  if (transport !== "tcp" && transport !== "udp" && transport !== "sctp") return [];
  return portRanges(attributes["services"] ?? "", transport);
}

export function portRanges(list: string, transport: Transport): PortRange[] {
  return list.split(",").flatMap((part) => {
    const [, from, to = from] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part) ?? [];
    return from === undefined ? [] : [{ transport, from: Number(from), to: Number(to) }];
  });
}

/** The scripts that a command line names; `-sC` and `-A` are the default ones. */
function scriptsOf(args: string): string[] {
  const named = Array.from(args.matchAll(/--script[= ]([^\s-][^\s]*)/g), ([, names = ""]) => names.split(","));
  const scripts = named.flat().map((name) => name.replaceAll(/^.*\/|\.nse$/g, ""));
  return /(?:^|\s)-(?:sC|A)\b/.test(args) ? ["default", ...scripts] : scripts;
}
