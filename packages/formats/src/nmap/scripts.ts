import type { Collector } from "../format/format.ts";
import type { Asset, Rule } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn } from "../severity/ids.ts";
import { severityOfScore } from "../severity/severity.ts";
import type { XmlElement } from "../xml/element.ts";

interface Place {
  readonly asset: Asset;
  readonly address: string;
  readonly into: Collector;
}

/** One thing that a script says of one CVE or weakness. */
interface Said {
  readonly key: string;
  readonly title: string;
  readonly ids: readonly string[];
  readonly base: number | undefined;
  readonly vectors?: readonly string[];
  readonly context: readonly string[];
  readonly description?: string;
  readonly references: readonly string[];
}

/** Reads a script's result where it speaks of weaknesses: `vulners`, and whatever uses nmap's `vulns` library. */
export function readScript(script: XmlElement, place: Place): void {
  place.into.count("scripts");
  const id = script.get("id");
  // Command lines may name a category; what has a result has run.
  if (id !== "") place.into.coverCommand(id);
  if (id === "vulners") readVulners(script, place);
  else for (const table of script.all("table")) readVulnerability(table, script, place);
}

/** `vulners`: a table for each CPE, in it one for each entry; older versions write text only. */
function readVulners(script: XmlElement, place: Place): void {
  const entries = [...script.all("table")].flatMap((cpe) =>
    [...cpe.all("table")].map((entry) => ({
      cpe: cpe.get("key"),
      id: valueOf(entry, "id"),
      cvss: valueOf(entry, "cvss"),
      type: valueOf(entry, "type"),
    })),
  );
  for (const { cpe, id, cvss, type } of entries.length > 0 ? entries : readText(script.get("output"))) {
    place.into.count("records");
    place.into.count("raw", type);
    if (type !== "cve" || id === "") continue;
    const key = id.toUpperCase();
    const base = cvss === "" ? undefined : Number(cvss);
    const references = [`https://vulners.com/cve/${key}`];
    record({ key, title: key, ids: cvesIn(key), base, context: productOf(cpe), references }, script, place);
  }
}

function* readText(output: string): Generator<{ cpe: string; id: string; cvss: string; type: string }> {
  let cpe = "";
  for (const line of output.split("\n")) {
    const heading = /^\s*(cpe:\S+?):?\s*$/.exec(line)?.[1];
    if (heading !== undefined) cpe = heading;
    const [, id = "", cvss = ""] = /^\s*(\S+)\s+(\d{1,2}(?:\.\d+)?)\s+https?:\/\//.exec(line) ?? [];
    if (id !== "") yield { cpe, id, cvss, type: /^CVE-/i.test(id) ? "cve" : "other" };
  }
}

/** A table of the `vulns` library: `VULNERABLE`, `LIKELY VULNERABLE`, or `NOT VULNERABLE`, which is a check. */
function readVulnerability(table: XmlElement, script: XmlElement, place: Place): void {
  const state = valueOf(table, "state").toUpperCase();
  if (!state.includes("VULNERABLE")) return;
  place.into.count("records");
  const id = script.get("id");
  const ids = cvesIn([table.get("key"), ...listOf(table, "ids")].join(" "));
  const key = ids[0] ?? id;
  const title = valueOf(table, "title");
  if (state.startsWith("NOT")) {
    const rule: Rule = { key, kind: "vulnerability", title: title === "" ? key : title };
    place.into.record({ kind: "check", rule, asset: place.asset, outcome: "pass", detail: "", line: table.line });
    return;
  }
  const scores = [...table.all("table")].filter((one) => one.get("key") === "scores").flatMap((one) => one.children);
  const numbers = scores.map((score) => Number.parseFloat(score.text)).filter((score) => Number.isFinite(score));
  const factor = /risk factor:\s*(\w+)/i.exec(script.get("output"))?.[1]?.toLowerCase();
  place.into.count("raw", "cve");
  record(
    {
      key,
      title: title === "" ? key : title,
      ids,
      base: numbers.length > 0 ? Math.max(...numbers) : factors.get(factor ?? ""),
      vectors: scores.map((score) => score.text),
      context: [],
      description: listOf(table, "description").join("\n"),
      references: listOf(table, "refs"),
    },
    script,
    place,
  );
}

/** The library's own words, as the lowest scores of their bands; what it calls vulnerable without a word is high. */
const factors: ReadonlyMap<string, number> = new Map([
  ["", 7],
  ["critical", 9],
  ["high", 7],
  ["medium", 4],
  ["low", 0.1],
]);

function record(said: Said, script: XmlElement, { asset, address, into }: Place): void {
  const { key, title, description, references } = said;
  const score = bestScore(said.vectors ?? [], said.base);
  const id = script.get("id");
  into.record({
    kind: "finding",
    rule: { key, kind: "vulnerability", title, description, references },
    asset,
    title,
    severity: score === undefined ? "info" : severityOfScore(score.base, score.version),
    toolSeverity: said.base === undefined ? "" : String(said.base),
    score,
    ids: said.ids,
    context: said.context,
    locations: [{ kind: "address", locator: [address], address, detail: { script: id } }],
    state: "present",
    command: id,
    evidence: [{ kind: "output", content: script.get("output") }],
    line: script.line,
  });
}

/** Vendor and product of a CPE, without its version. */
function productOf(cpe: string): string[] {
  const [, vendor, product] = /^cpe:(?:\/|2\.3:)[aoh]:([^:]+):([^:]+)/.exec(cpe) ?? [];
  return vendor === undefined ? [] : [`${vendor}:${product}`];
}

function valueOf(table: XmlElement, key: string): string {
  return table.children.find((one) => one.name === "elem" && one.get("key") === key)?.text.trim() ?? "";
}

function listOf(table: XmlElement, key: string): string[] {
  const list = table.children.find((one) => one.name === "table" && one.get("key") === key);
  return (list?.children ?? []).map((one) => one.text.trim()).filter((text) => text !== "");
}
