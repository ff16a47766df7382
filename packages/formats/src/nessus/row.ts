import type { TableRow } from "../csv/table-feed.ts";
import { joinTexts, textsIn, urlsIn } from "../html/html.ts";
import { readTarget } from "../identity/target.ts";
import { cvesIn, cweOf } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";
import type { Item } from "./item.ts";

/** A row of an export of Nessus, or of a Security Center; a plugin has one for each of its CVEs. */
export function itemOfRow(row: TableRow, line: number): Item {
  const name = row.get("host", "dns name", "ip address");
  const host = readTarget(name)?.host ?? name;
  const address = row.get("ip address", "host ip");
  const grade = row.get("risk", "severity", "risk factor");
  const base = row.get("cvss v4.0 base score", "cvss v3.0 base score", "cvss v2.0 base score", "cvss");
  return {
    host,
    address: address === "" ? host : address,
    port: Number(row.get("port")),
    protocol: row.get("protocol"),
    plugin: row.get("plugin id", "plugin"),
    title: row.get("name", "plugin name"),
    grade,
    severity: severityOfWord(grade),
    vectors: [
      row.get("cvss v4.0 vector", "cvss v4 vector"),
      row.get("cvss v3.0 vector", "cvss v3 vector"),
      row.get("cvss v2.0 vector", "cvss vector"),
    ],
    base: base === "" ? undefined : Number(base),
    cves: cvesIn(row.get("cve")),
    output: row.get("plugin output", "plugin text"),
    knownExploited: row.get("xref", "cross references").includes("CISA-KNOWN-EXPLOITED"),
    line,
    texts: () => ({
      kind: "vulnerability",
      description: joinTexts([row.get("synopsis"), row.get("description")]),
      remediation: row.get("solution", "steps to remediate").replace(/^n\/a$/i, ""),
      references: urlsIn(row.get("see also")),
      cwes: row
        .get("cwe")
        .split(/[,\s]+/)
        .flatMap((text) => cweOf(text)),
      tags: textsIn([row.get("family", "plugin family")]),
    }),
  };
}
