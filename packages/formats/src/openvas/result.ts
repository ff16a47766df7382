import type { Collector } from "../format/format.ts";
import { endpointOf } from "../identity/target.ts";
import type { FindingRecord, Rule, Severity } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";

/** One result of one test on one port, from the XML or from a row. */
export interface Result {
  readonly host: string;
  readonly name: string;
  /** `443/tcp`, `https (443/tcp)`, `general/tcp`, or nothing. */
  readonly port: string;
  readonly key: string;
  readonly title: string;
  readonly word: string;
  /** CVSS; -1 is a false positive, -3 an error. */
  readonly number: number | undefined;
  readonly vectors: readonly string[];
  readonly quality: string;
  readonly cves: readonly string[];
  readonly output: string;
  readonly line: number;
  readonly texts: () => Omit<Rule, "key" | "title" | "severity">;
}

interface KnownHost {
  readonly names: Set<string>;
  system: string;
  /** A test failed on it, or its scan did not end. */
  failed: boolean;
}

/** Gives the results of a report as records, and its hosts at the end. */
export class ResultReader {
  readonly #into: Collector;
  readonly #rules = new Map<string, Rule>();
  readonly #hosts = new Map<string, KnownHost>();

  constructor(into: Collector) {
    this.#into = into;
  }

  host(host: string, names: readonly string[] = [], system = ""): void {
    const known = this.#host(host);
    for (const name of names) if (name !== "" && name !== host) known.names.add(name);
    if (system !== "") known.system = system;
  }

  failed(host: string): void {
    if (host !== "") this.#host(host).failed = true;
  }

  #host(host: string): KnownHost {
    const known = this.#hosts.get(host) ?? { names: new Set(), system: "", failed: false };
    this.#hosts.set(host, known);
    return known;
  }

  result(result: Result): void {
    const { host, key, word, number } = result;
    if (host === "" || key === "") {
      this.#into.reject(`line ${result.line}`, `the result names no ${host === "" ? "host" : "test"}`);
      return;
    }
    this.#into.count("records");
    this.#into.count("raw", word);
    this.host(host, [result.name]);
    if (number === -3 || word.toLowerCase() === "error") this.failed(host);
    // What is below is for those who write tests.
    else if (number !== -2) this.#into.record(findingOf(result, this.#rule(result)));
  }

  #rule(result: Result): Rule {
    const known = this.#rules.get(result.key);
    if (known !== undefined) return known;
    const { key, title } = result;
    const rule: Rule = { ...result.texts(), key, title: title === "" ? key : title, severity: severityOf(result) };
    this.#rules.set(key, rule);
    return rule;
  }

  end(): void {
    for (const [host, { names, system, failed }] of this.#hosts) {
      if (!failed) this.#into.cover({ kind: "host", host });
      this.#into.record({
        kind: "host",
        host,
        names: Array.from(names, (name) => ({ kind: "reverse", name })),
        addresses: /^[\d.]+$|:/.test(host) ? [host] : [],
        state: "up",
        ...(system === "" ? {} : { details: { system } }),
      });
    }
  }
}

function severityOf({ number, word }: Result): Severity {
  if (number !== undefined) return severityOfScore(Math.max(number, 0));
  return severityOfWord(word) ?? "info";
}

function findingOf(result: Result, rule: Rule): FindingRecord {
  const [, port = "0", protocol = "tcp"] = /(\d+)(?:\/(tcp|udp|sctp))?\b/i.exec(result.port) ?? [];
  const isFalse = result.number === -1 || result.word.toLowerCase() === "false positive";
  return {
    kind: "finding",
    rule,
    asset: endpointOf(result.host, Number(port), protocol),
    title: rule.title,
    severity: severityOf(result),
    toolSeverity: result.number === undefined ? result.word : String(result.number),
    score: bestScore(result.vectors, result.number),
    ids: result.cves,
    context: [],
    locations: [{ kind: "address", locator: [result.host], address: result.host }],
    state: isFalse ? "suppressed" : "present",
    reason: isFalse ? "an override says that it is a false positive" : undefined,
    confidence: result.quality === "" ? undefined : `${result.quality} %`,
    evidence: result.output === "" ? [] : [{ kind: "output", content: result.output }],
    line: result.line,
  };
}
