import { type Score, type Severity, severities } from "../records/records.ts";

const words: ReadonlyMap<string, Severity> = new Map([
  ["critical", "critical"],
  ["high", "high"],
  ["medium", "medium"],
  ["moderate", "medium"],
  ["low", "low"],
  ["info", "info"],
  ["information", "info"],
  ["informational", "info"],
  ["none", "info"],
  ["unknown", "info"],
  ["negligible", "info"],
  ["log", "info"],
]);

/** The severity of a tool's word, whatever its case; undefined where it is none that tools share. */
export function severityOfWord(word: string): Severity | undefined {
  return words.get(word.trim().toLowerCase());
}

/** The severity of a CVSS score; version 2 has no critical. */
export function severityOfScore(base: number, version: Score["version"] = ""): Severity {
  if (base >= 9 && version !== "2.0") return "critical";
  if (base >= 7) return "high";
  if (base >= 4) return "medium";
  return base > 0 ? "low" : "info";
}

export function worstSeverity(one: Severity, other: Severity): Severity {
  return severities.indexOf(one) <= severities.indexOf(other) ? one : other;
}
