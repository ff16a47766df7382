import type { Collector } from "../format/format.ts";
import { codePath } from "../identity/code-path.ts";
import { foldedCode, unlessHidden } from "../identity/folded-code.ts";
import { firstText, type JsonObject, lineOf, objectOf, textOf, textsOf } from "../json/values.ts";
import type { Details, Rule, RuleKind, Severity } from "../records/records.ts";
import type { RuleCache } from "../records/rule-cache.ts";
import { isAboutSecrets } from "../secrets/about-secrets.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";
import { severityOfWord } from "../severity/severity.ts";

/** What a result is read with. */
export interface Surroundings {
  readonly place: string;
  readonly rules: RuleCache;
  readonly into: Collector;
}

const words: ReadonlyMap<string, Severity> = new Map([
  ["ERROR", "high"],
  ["WARNING", "medium"],
  ["INFO", "low"],
]);

/** Semgrep's own words, in the old spelling and the new; what is neither is for information. */
export function severityOf(word: string): Severity {
  return words.get(word.toUpperCase()) ?? severityOfWord(word) ?? "info";
}

/** Reads a result: a place in the code, known by its path and the code itself, not by its lines. */
export function readResult(result: JsonObject, { place, rules, into }: Surroundings): void {
  const key = textOf(result, "check_id");
  if (key === "") {
    into.reject(place, "the result names no rule");
    return;
  }
  const extra = objectOf(result, "extra");
  const word = textOf(extra, "severity");
  const fingerprint = unlessHidden(textOf(extra, "fingerprint"));
  into.count("records");
  into.count("raw", firstText(word, "none"));
  if (fingerprint !== "") into.count("fingerprinted");
  const path = codePath(textOf(result, "path"));
  const code = unlessHidden(textOf(extra, "lines"));
  const folded = foldedCode(code);
  const [start, end] = [objectOf(result, "start"), objectOf(result, "end")];
  const startLine = lineOf(start, "line");
  const rule = rules.of(key, () => ruleOf(key, extra));
  const found = objectOf(objectOf(objectOf(extra, "sca_info"), "dependency_match"), "found_dependency");
  const dependency = textOf(found, "package");
  const isSecret = rule.kind === "secret" && folded !== "";
  const confidence = textOf(objectOf(extra, "metadata"), "confidence").toLowerCase();
  into.record({
    kind: "finding",
    rule,
    asset: { kind: "repository", name: "" },
    title: rule.title,
    severity: severityOf(word),
    toolSeverity: word,
    ids: cvesIn([key, ...vulnerabilitiesOf(extra)].join(" ")),
    // As in its SARIF.
    toolKey: fingerprint === "" ? undefined : `matchBasedId/v1=${fingerprint}`,
    // Code that holds a secret is part of the identity as a digest, and is not kept.
    ...(isSecret ? { context: [path, ""], secret: folded } : { context: [path, folded] }),
    locations: [
      {
        kind: "code",
        locator: [path],
        path,
        startLine,
        endLine: lineOf(end, "line") ?? startLine,
        startColumn: lineOf(start, "col"),
        endColumn: lineOf(end, "col"),
        ...(dependency === "" ? {} : { component: dependency, version: textOf(found, "version") }),
        message: textOf(extra, "message"),
        detail: detailOf(extra, isSecret ? "" : code),
      },
    ],
    positional: true,
    ...(extra["is_ignored"] === true
      ? { state: "suppressed", reason: "Ignored by a comment in the code" }
      : { state: "present" }),
    confidence: confidence === "" ? undefined : confidence,
    evidence: [],
    line: startLine ?? 0,
  });
}

function vulnerabilitiesOf(extra: JsonObject): string[] {
  return textsOf(objectOf(extra, "metadata"), "sca-vuln-database-identifier", "cve");
}

function detailOf(extra: JsonObject, code: string): Details | undefined {
  const detail: Record<string, string> = {
    ...(code === "" ? {} : { snippet: code }),
    ...(textOf(extra, "fix") === "" ? {} : { fix: textOf(extra, "fix") }),
    ...(textOf(extra, "validation_state") === "" ? {} : { validation: textOf(extra, "validation_state") }),
  };
  return Object.keys(detail).length === 0 ? undefined : detail;
}

function ruleOf(key: string, extra: JsonObject): Rule {
  const metadata = objectOf(extra, "metadata");
  const cwes = [...new Set(textsOf(metadata, "cwe").flatMap((cwe) => cwesIn(cwe)))];
  return {
    key,
    kind: kindOf(extra, cwes),
    title: titleOf(key),
    description: textOf(extra, "message"),
    references: [...new Set([...textsOf(metadata, "references"), ...textsOf(metadata, "source", "shortlink")])],
    cwes,
    tags: [...textsOf(metadata, "category"), ...textsOf(metadata, "technology")],
    severity: severityOf(textOf(extra, "severity")),
  };
}

function kindOf(extra: JsonObject, cwes: readonly string[]): RuleKind {
  if (Object.hasOwn(extra, "sca_info")) return "vulnerability";
  const classes = textsOf(objectOf(extra, "metadata"), "vulnerability_class");
  return isAboutSecrets(cwes, classes) ? "secret" : "weakness";
}

/** `python.lang.security.weak-hash.weak-hash` is about a weak hash. */
function titleOf(key: string): string {
  const last = key.slice(key.lastIndexOf(".") + 1).replaceAll(/[-_]+/g, " ");
  return last === "" ? key : `${last.charAt(0).toUpperCase()}${last.slice(1)}`;
}
