import { csvFeed } from "../csv/csv-feed.ts";
import { FormatError } from "../errors/format-error.ts";
import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { slug } from "../identity/slug.ts";
import { assetOf, readTarget } from "../identity/target.ts";
import { firstText } from "../json/values.ts";
import type { Asset, FindingRecord, Location, Rule } from "../records/records.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";
import { type Columns, type Field, fields, findColumns } from "./columns.ts";

type Row = (field: Field) => string;

/** Reads rows under a heading, by the caller's mapping of fields to columns, or by usual headings. */
export function readCsv(head: Head, into: Collector): Feed {
  const rules = new RuleCache();
  let columns: Columns | undefined;
  return csvFeed(head, into, (cells, line) => {
    if (columns === undefined) {
      columns = requireColumns(cells, into);
      return;
    }
    const found = columns;
    into.count("records");
    const row: Row = (field) => cells[found.get(field) ?? -1]?.trim() ?? "";
    const finding = findingOf(row, rules);
    if (finding === undefined) into.reject(`line ${line}`, "the row has neither rule nor title");
    else {
      into.count("raw", finding.toolSeverity);
      into.record({ ...finding, line });
    }
  });
}

/** Says which columns there are where none is the title, and which are of no use where one is. */
function requireColumns(cells: readonly string[], into: Collector): Columns {
  const columns = findColumns(cells, into.mapping);
  if (!columns.has("rule") && !columns.has("title"))
    throw new FormatError(
      "FORMAT_UNKNOWN",
      "line 1",
      `no column is the title; map one of ${fields.join(", ")} to one of ${listOf(cells)}`,
      ["csv"],
    );
  const used = new Set(columns.values());
  const unused = cells.filter((_, index) => !used.has(index));
  if (unused.length > 0) into.warn(`these columns are not read: ${listOf(unused)}`);
  return columns;
}

/** Headings, which the caller has to see; a few, and short ones. */
function listOf(cells: readonly string[]): string {
  return cells
    .slice(0, 50)
    .map((cell) =>
      cell
        .replaceAll(/[^\p{L}\p{N} _./()-]/gu, "")
        .slice(0, 40)
        .trim(),
    )
    .join(", ");
}

function findingOf(row: Row, rules: RuleCache): FindingRecord | undefined {
  const title = firstText(row("title"), row("rule"));
  if (title === "") return undefined;
  const ids = cvesIn(row("cve"));
  const key = firstText(row("rule"), ids[0] ?? "", slug(title));
  const bare = row("cvss") === "" ? undefined : Number(row("cvss"));
  const score = bestScore([row("vector")], bare !== undefined && Number.isFinite(bare) ? bare : undefined);
  const word = row("severity");
  const given = row("context");
  return {
    kind: "finding",
    rule: rules.of(key, () => ruleOf(key, title, row)),
    asset: assetOfRow(row),
    title,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    score,
    ids,
    context: [given, row("path"), row("component")].filter((part) => part !== ""),
    locations: [locationOf(row)],
    state: "present",
    evidence: [],
  };
}

function ruleOf(key: string, title: string, row: Row): Rule {
  return {
    key,
    kind: row("cve") === "" ? "weakness" : "vulnerability",
    title,
    description: row("description"),
    remediation: row("remediation"),
    cwes: row("cwe")
      .split(/[,;\s]+/)
      .flatMap((cwe) => cweOf(cwe)),
  };
}

function assetOfRow(row: Row): Asset {
  if (row("image") !== "") return { kind: "image", name: row("image") };
  if (row("repository") !== "") return { kind: "repository", name: row("repository") };
  const target = readTarget(firstText(row("url"), row("host")));
  if (target === undefined) return row("path") === "" ? { kind: "unnamed" } : { kind: "repository", name: "" };
  const port = Number(row("port"));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return assetOf(target);
  const transport = row("protocol").toLowerCase() === "udp" ? "udp" : "tcp";
  return { kind: "service", host: target.host, port, transport };
}

function locationOf(row: Row): Location {
  const [url, path, component] = [row("url"), row("path"), row("component")];
  const version = row("version");
  const line = Number(row("line"));
  const startLine = Number.isInteger(line) && line > 0 ? line : undefined;
  const message = row("description");
  if (url !== "") return { kind: "url", locator: [url.replace(/#.*$/s, "")], url, message };
  if (component !== "")
    return {
      kind: "package",
      locator: [component, version],
      component,
      version,
      fixedVersion: row("fixedVersion"),
      path,
    };
  if (path !== "") return { kind: "code", locator: [path], path, startLine, endLine: startLine, message };
  return { kind: "other", locator: [row("host")].filter((host) => host !== ""), message };
}
