import { cweCategories } from "../../src/classification/kind-of-cwes.ts";
import { tagOrder } from "../../src/classification/kind-of-tags.ts";
import { type FindingKindDefinition, kindFamilies, severities } from "../../src/index.ts";

/** What is wrong with kinds; each fault names the kind and what it is about. */
export function faultsOf(kinds: readonly FindingKindDefinition[]): string[] {
  return [...kinds.flatMap((kind) => ownFaults(kind, kinds)), ...claimedTwice(kinds)];
}

function ownFaults(kind: FindingKindDefinition, kinds: readonly FindingKindDefinition[]): string[] {
  const { id, title, means, family, typicalSeverity, cwes, cweDecides, rules, passedBy, task, replacedBy } = kind;
  const passed = pairsOf(passedBy).filter(([tool, rule]) => rules[tool]?.includes(rule) !== true);
  const unranked = Object.values(kind.tags)
    .flat()
    .filter((list) => list.join() !== "cve" && !list.some((tag) => tagOrder.includes(tag)));
  const faults: [boolean, string][] = [
    [!/^[a-z]+(?:-[a-z]+)*$/.test(id) || id.length > 50, "has an id that is none"],
    [title === "" || title.length > 70 || /[.\s]$/.test(title), "has a title that is none"],
    [!/^[A-Z].*\.$/.test(means), "says in no sentence what it means"],
    [!kindFamilies.some((known) => known.id === family), `has the family ${family}`],
    [!severities.includes(typicalSeverity), `has the severity ${typicalSeverity}`],
    [task !== null && !/^TASK(?:_[A-Z0-9]+)+$/.test(task), `has the task ${task}`],
    [
      replacedBy === id || (replacedBy !== undefined && !kinds.some((one) => one.id === replacedBy)),
      "is replaced by none",
    ],
    ...passed.map(([tool, rule]): [boolean, string] => [true, `is passed by ${tool} ${rule}, no rule of it`]),
    ...unranked.map((list): [boolean, string] => [true, `has tags without a rank: ${list.join()}`]),
    ...cweDecides.filter((cwe) => !cwes.includes(cwe)).map((cwe): [boolean, string] => [true, `decides ${cwe} alone`]),
    ...cweDecides
      .filter((cwe) => cweCategories.has(cwe))
      .map((cwe): [boolean, string] => [true, `decides by a category, ${cwe}`]),
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => `${id} ${fault}`);
}

/** What belongs to two kinds, or stands twice in one. */
function claimedTwice(kinds: readonly FindingKindDefinition[]): string[] {
  const claims = kinds.flatMap((kind) => [
    `the id ${kind.id}`,
    `the title ${kind.title}`,
    ...pairsOf(kind.rules).map((pair) => `the rule ${pair.join(" ")}`),
    ...pairsOf(kind.passedBy).map((pair) => `the check ${pair.join(" ")}`),
    ...pairsOf(kind.tags).map(([tool, list]) => `the tags ${tool} ${[...list].toSorted().join()}`),
    ...kind.ports.map((port) => `the port ${port}`),
    ...kind.cweDecides.map((cwe) => `CWE-${cwe}`),
  ]);
  const seen = new Set<string>();
  return claims.filter((claim) => seen.size === seen.add(claim).size).map((claim) => `${claim} stands twice`);
}

function pairsOf<Value>(lists: Readonly<Record<string, readonly Value[]>>): [tool: string, value: Value][] {
  return Object.entries(lists).flatMap(([tool, values]) => values.map((value): [string, Value] => [tool, value]));
}
