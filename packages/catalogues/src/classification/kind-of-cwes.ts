import { type FindingKind, findingKinds } from "../finding-kinds/finding-kinds.ts";

/** Numbers of CWE categories: MITRE says that they are not to be used for findings, and tools do. */
export const cweCategories: ReadonlyMap<number, FindingKind> = new Map([
  [16, "security-misconfiguration"],
  [255, "weak-authentication"],
  [264, "broken-access-control"],
  [310, "weak-cryptography"],
  [388, "verbose-error-message"],
  [399, "resource-exhaustion"],
  [933, "security-misconfiguration"],
  [937, "vulnerable-dependency"],
  [1035, "vulnerable-dependency"],
]);

const byCwe: ReadonlyMap<string, FindingKind> = new Map(
  [...cweCategories, ...findingKinds.flatMap(({ id, cweDecides }) => cweDecides.map((cwe) => [cwe, id] as const))].map(
    ([cwe, kind]) => [`CWE-${cwe}`, kind],
  ),
);

/** The kind of the first CWE (`CWE-79`) that decides; undefined where none does. */
export function kindOfCwes(cwes: readonly string[]): FindingKind | undefined {
  return cwes.map((cwe) => byCwe.get(cwe.toUpperCase())).find((kind) => kind !== undefined);
}
