import type { Collector } from "../format/format.ts";
import { endpointOf } from "../identity/target.ts";
import type { Asset, FindingRecord, Rule, Severity } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";

/** One result of one plugin on one port, from the XML or from a row. */
export interface Item {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly plugin: string;
  readonly title: string;
  /** The tool's number or word. */
  readonly grade: string;
  readonly severity: Severity | undefined;
  readonly vectors: readonly string[];
  readonly base: number | undefined;
  readonly cves: readonly string[];
  readonly output: string;
  readonly knownExploited: boolean;
  readonly line: number;
  readonly compliance?: Compliance | undefined;
  /** The texts of its rule, made once for each plugin. */
  readonly texts: () => Omit<Rule, "key" | "title" | "severity">;
}

/** One test of an audit; all of a family of systems have the same plugin. */
export interface Compliance {
  readonly id: string;
  readonly name: string;
  readonly result: string;
}

/** Gives the items of a report as records. */
export class ItemReader {
  readonly #into: Collector;
  readonly #rules = new Map<string, Rule>();

  constructor(into: Collector) {
    this.#into = into;
  }

  /** False where the item was rejected. */
  item(item: Item): boolean {
    if (item.plugin === "" || item.host === "") {
      this.#into.reject(`line ${item.line}`, `the item names no ${item.plugin === "" ? "plugin" : "host"}`);
      return false;
    }
    this.#into.count("records");
    this.#into.count("raw", item.grade);
    const asset = endpointOf(item.host, item.port, item.protocol);
    if (item.compliance === undefined) this.#into.record(findingOf(item, this.#rule(item), asset));
    else this.#compliance(item, item.compliance, asset);
    return true;
  }

  #compliance(item: Item, { id, name, result }: Compliance, asset: Asset): void {
    const rule = this.#rule({ ...item, plugin: `${item.plugin}:${id}`, title: name });
    if (result === "FAILED") this.#into.record(findingOf(item, rule, asset));
    else {
      const outcome = result === "PASSED" ? "pass" : "warn";
      this.#into.record({ kind: "check", rule, asset, outcome, detail: item.output, line: item.line });
    }
  }

  #rule(item: Item): Rule {
    const known = this.#rules.get(item.plugin);
    if (known !== undefined) return known;
    const title = item.title === "" ? item.plugin : item.title;
    const rule: Rule = { ...item.texts(), key: item.plugin, title, severity: item.severity };
    this.#rules.set(item.plugin, rule);
    return rule;
  }
}

function findingOf(item: Item, rule: Rule, asset: Asset): FindingRecord {
  return {
    kind: "finding",
    rule,
    asset,
    title: rule.title,
    severity: item.severity ?? "info",
    toolSeverity: item.grade,
    score: bestScore(item.vectors, item.base),
    ids: item.cves,
    context: [],
    locations: [{ kind: "address", locator: [item.address], address: item.address }],
    state: "present",
    knownExploited: item.knownExploited ? true : undefined,
    evidence: item.output === "" ? [] : [{ kind: "output", content: item.output }],
    line: item.line,
  };
}
