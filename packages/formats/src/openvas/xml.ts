import type { Collector, Feed } from "../format/format.ts";
import { readTime } from "../json/values.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";
import { joinTexts, textsIn, urlsIn } from "../html/html.ts";
import { XmlElement } from "../xml/element.ts";
import { xmlFeed, type XmlHandler } from "../xml/xml-feed.ts";
import type { Result, ResultReader } from "./result.ts";

/** Where the report proper may be: its wrapping has the same name. */
const bases = ["report", "report/report", "get_reports_response/report", "get_reports_response/report/report"];

export function readXml(into: Collector, reader: ResultReader): Feed {
  const result: XmlHandler = { whole: (element) => reader.result(resultOf(element)) };
  const handlers: Record<string, XmlHandler> = { "get_results_response/result": result };
  for (const base of bases)
    for (const [path, handler] of Object.entries(handlersOfReport(into, reader))) handlers[`${base}/${path}`] = handler;
  for (const base of bases) handlers[`${base}/results/result`] = result;
  return xmlFeed(into, handlers);
}

function handlersOfReport(into: Collector, reader: ResultReader): Record<string, XmlHandler> {
  let most = -1;
  return {
    scan_run_status: {
      whole: ({ text }) => {
        if (text.trim() !== "" && text.trim() !== "Done") into.coverNothing("the scan is not done");
      },
    },
    scan_start: { whole: ({ text }) => into.startedAt(readTime(text.trim())) },
    scan_end: { whole: ({ text }) => into.finishedAt(readTime(text.trim())) },
    results: {
      open: ({ max = "", start = "" }) => {
        most = max === "" ? -1 : Number(max);
        if (Number(start) > 1) into.coverNothing("the report is one page of many");
      },
    },
    result_count: {
      whole: (element) => {
        if (most > 0 && Number(element.textOf("filtered")) > most) into.coverNothing("the report is one page of many");
      },
    },
    host: {
      whole: (element) => {
        const host = element.textOf("ip");
        if (host === "") return;
        const details = [...element.all("detail")];
        const detail = (name: string) => details.find((one) => one.textOf("name") === name)?.textOf("value") ?? "";
        reader.host(host, [detail("hostname")], detail("best_os_txt"));
        if (element.child("start") !== undefined && element.textOf("end") === "") reader.failed(host);
      },
    },
    "errors/error": { whole: (element) => reader.failed(element.textOf("host")) },
  };
}

function resultOf(element: XmlElement): Result {
  const host = element.child("host");
  const test = element.child("nvt") ?? new XmlElement("nvt", {}, element.line);
  const name = element.textOf("name");
  const title = test.textOf("name");
  const solution = test.textOf("solution");
  const oid = test.get("oid");
  const number = element.textOf("severity");
  const tags = tagsOf(test.textOf("tags"));
  const refs = [...test.all("refs", "ref")];
  const old = [test.textOf("cve"), test.textOf("xref")].join(" ");
  const named = (type: string) => refs.filter((ref) => ref.get("type") === type).map((ref) => ref.get("id"));
  const vectors = Array.from(test.all("severities", "severity"), (one) => one.textOf("value"));
  return {
    host: host?.text.trim() ?? "",
    name: host?.textOf("hostname") ?? "",
    port: element.textOf("port"),
    // What the scanner itself tells has the number 0.
    key: oid === "" || oid === "0" ? name : oid,
    title: title === "" ? name : title,
    word: element.textOf("threat"),
    number: number === "" ? undefined : Number(number),
    vectors: [...vectors, tags.get("cvss_base_vector") ?? ""],
    quality: element.child("qod")?.textOf("value") ?? "",
    cves: cvesIn([...named("cve"), old].join(" ")),
    output: element.textOf("description"),
    line: element.line,
    texts: () => ({
      kind: "vulnerability",
      description: joinTexts(["summary", "insight", "impact", "affected"].map((tag) => tags.get(tag) ?? "")),
      remediation: solution === "" ? (tags.get("solution") ?? "") : solution,
      references: urlsIn([...named("url"), old].join("\n")),
      cwes: cwesIn(old),
      tags: textsIn([test.textOf("family")]),
    }),
  };
}

/** `summary=…|insight=…`; the texts may hold such a line themselves. */
function tagsOf(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const part of text.split(/\|(?=[a-z_]{3,40}=)/i)) {
    const at = part.indexOf("=");
    if (at > 0) tags.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return tags;
}
