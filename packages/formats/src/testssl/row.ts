import type { Collector } from "../format/format.ts";
import { endpointOf } from "../identity/target.ts";
import type { Asset, CheckRecord, Rule } from "../records/records.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";

/** One row of the CSV, or one object of the JSON with its host. */
export interface Row {
  readonly id: string;
  /** What the scan was told to look at, and the address that it found. */
  readonly name: string;
  readonly address: string;
  readonly port: string;
  readonly severity: string;
  readonly finding: string;
  readonly cve: string;
  readonly cwe: string;
  readonly line: number;
  readonly place: string;
}

const outcomes: ReadonlyMap<string, CheckRecord["outcome"]> = new Map([
  ["OK", "pass"],
  ["INFO", "info"],
  ["DEBUG", "info"],
  ["WARN", "warn"],
  ["FATAL", "warn"],
]);

/** Rows of the rating, which sum up the others. */
const rating =
  /^(?:rating_|overall_grade|grade_cap_|protocol_support_score|key_exchange_score|cipher_strength_score|final_score)/;

/** Gives the rows of a report as findings and checks. */
export class RowReader {
  readonly #into: Collector;
  readonly #rules = new Map<string, Rule>();

  constructor(into: Collector) {
    this.#into = into;
    into.tool("testssl.sh");
    into.count("fatal", undefined, 0);
  }

  row(row: Row): void {
    const { id, severity, line } = row;
    const outcome = outcomes.get(severity);
    const grade = severityOfWord(severity);
    if (id === "" || (outcome === undefined && grade === undefined)) {
      this.#into.reject(row.place, `the row has no ${id === "" ? "name" : "severity that is known"}`);
      return;
    }
    const isCheck = outcome !== undefined || rating.test(id);
    this.#into.count("records");
    this.#into.count("raw", severity);
    this.#into.count("byType", isCheck ? "check" : "finding");
    const asset = endpointOf(row.name === "" ? row.address : row.name, Number(row.port));
    this.#cover(row, asset);
    const rule = this.#rule(row);
    if (isCheck)
      this.#into.record({ kind: "check", rule, asset, outcome: outcome ?? "warn", detail: row.finding, line });
    else
      this.#into.record({
        kind: "finding",
        rule,
        asset,
        title: rule.title,
        severity: grade ?? "info",
        toolSeverity: severity,
        ids: cvesIn(row.cve),
        context: [],
        locations: [
          {
            kind: "address",
            locator: row.address === "" ? [] : [row.address],
            address: row.address,
            message: row.finding,
          },
        ],
        state: "present",
        evidence: [],
        line,
      });
  }

  #cover({ id, severity, finding }: Row, asset: Asset): void {
    if (severity === "FATAL") this.#into.count("fatal");
    if (severity === "FATAL" || id === "scanProblem") this.#into.coverNothing("a host could not be scanned");
    else if (/^scan interrupted/i.test(finding)) this.#into.coverNothing("the scan was interrupted");
    else if (asset.kind !== "unnamed") this.#into.cover(asset);
  }

  #rule({ id, cve, cwe, severity }: Row): Rule {
    // A host may have several certificates, which take turns.
    const key = id.replace(/\s*<[^<>]*#\d+>$/, "");
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    const rule: Rule = {
      key,
      kind: cve === "" ? "misconfiguration" : "vulnerability",
      title: key,
      cwes: cwesIn(cwe),
      severity: severityOfWord(severity),
    };
    this.#rules.set(key, rule);
    return rule;
  }
}
