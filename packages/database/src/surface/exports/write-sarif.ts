import type { Severity } from "../../schema/surface/assets.ts";
import type { ExportedFinding, ExportedRule } from "./exported-finding.ts";
import { uriOfAddress } from "./sarif-uri.ts";
import { resultOf, sarifLevel, securitySeverity } from "./sarif-result.ts";

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** The beginning and the end of a log, between which its runs stand. */
export const sarifBegin = `{"$schema":${JSON.stringify(schema)},"version":"2.1.0","runs":[`;
export const sarifEnd = "]}\n";

/** A run of a log: the findings of one source. Its rules follow the results, each once, in the order in which these named them. */
export class SarifRun {
  readonly #source: string;
  readonly #indexes = new Map<number, number>();
  #hasResults = false;
  #hasRules = false;

  constructor(source: string) {
    this.#source = source;
  }

  get isEmpty(): boolean {
    return !this.#hasResults;
  }

  /** The rules that the results named. */
  get ruleIds(): readonly number[] {
    return [...this.#indexes.keys()];
  }

  result(exported: ExportedFinding): string {
    const { ruleId } = exported.finding;
    const index = this.#indexes.get(ruleId) ?? this.#indexes.size;
    this.#indexes.set(ruleId, index);
    const before = this.#hasResults ? "," : '{"results":[';
    this.#hasResults = true;
    return before + JSON.stringify(resultOf(exported, index));
  }

  /** The next rule; null where it is gone meanwhile. */
  rule(rule: ExportedRule | null): string {
    const before = this.#hasRules ? "," : this.#beginRules();
    this.#hasRules = true;
    return before + JSON.stringify(rule === null ? { id: "gone" } : descriptorOf(rule));
  }

  #beginRules(): string {
    return `],"tool":{"driver":{"name":${JSON.stringify(this.#source)},"rules":[`;
  }

  end(): string {
    return "]}}}";
  }
}

/** A rule of a tool, with its texts. */
function descriptorOf(rule: ExportedRule) {
  const { key, title, description, remediation, references, cwes, tags } = rule;
  const severity: Severity = rule.severity ?? "info";
  const [helpUri] = (references ?? []).flatMap((reference) => uriOfAddress(reference) ?? []);
  const words = [...(tags ?? []), ...(cwes ?? []).map((cwe) => `external/cwe/${cwe.toLowerCase()}`)];
  return {
    id: key,
    shortDescription: { text: title },
    ...(isGiven(description) ? { fullDescription: { text: description } } : {}),
    ...(isGiven(remediation) ? { help: { text: remediation } } : {}),
    ...(helpUri === undefined ? {} : { helpUri }),
    ...(rule.severity === null ? {} : { defaultConfiguration: { level: sarifLevel[severity] } }),
    properties: {
      ...(words.length === 0 ? {} : { tags: [...new Set(words)] }),
      ...(rule.severity === null ? {} : { "security-severity": securitySeverity(severity, null) }),
    },
  };
}

function isGiven(text: string | null): text is string {
  return text !== null && text !== "";
}
