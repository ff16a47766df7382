import type { TableRow } from "../csv/table-feed.ts";
import { joinTexts, urlsIn } from "../html/html.ts";
import { readTime } from "../json/values.ts";
import { cvesIn } from "../severity/ids.ts";
import type { Result } from "./result.ts";

/** A row of the CSV, which has the port and its transport in two columns. */
export function resultOfRow(row: TableRow, line: number): Result & { readonly time: Date | undefined } {
  const address = row.get("ip");
  const name = row.get("hostname");
  const port = row.get("port");
  const number = row.get("cvss");
  return {
    host: address === "" ? name : address,
    name,
    port: port === "" ? "" : `${port}/${row.get("port protocol")}`,
    key: row.get("nvt oid"),
    title: row.get("nvt name"),
    word: row.get("severity"),
    number: number === "" ? undefined : Number(number),
    vectors: [],
    quality: row.get("qod"),
    cves: cvesIn(row.get("cves")),
    output: row.get("specific result"),
    line,
    time: readTime(row.get("timestamp")),
    texts: () => ({
      kind: "vulnerability",
      description: joinTexts([row.get("summary"), row.get("vulnerability insight"), row.get("impact")]),
      remediation: row.get("solution"),
      references: urlsIn(row.get("other references")),
    }),
  };
}
