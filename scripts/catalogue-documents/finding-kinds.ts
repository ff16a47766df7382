import {
  exposureRules,
  type FindingKindDefinition,
  findingKinds,
  kindFamilies,
  kindsVersion,
} from "../../packages/catalogues/src/index.ts";
import { cweCategories } from "../../packages/catalogues/src/classification/kind-of-cwes.ts";
import { inventoryTags, tagOrder } from "../../packages/catalogues/src/classification/kind-of-tags.ts";
import { readerRules } from "../../packages/catalogues/src/classification/reader-rules.ts";
import { asCode, printPage, printTable } from "../security-documents/markdown.ts";

const introduction = `What a finding is about, in one word that outlives tools. Version ${kindsVersion}, ${findingKinds.length} kinds.

A kind belongs to a rule of a tool (its source and its id). It is told by the first of these that knows:

1. what a person chose;
2. the id of the rule; an id that ends in \`*\` stands for all that begin so, and a whole id comes before it. Or the port, where
   the rule of a port scanner is one;
3. the number of a vulnerability (CVE): \`vulnerable-dependency\` in a package, library, image or repository, otherwise
   \`known-vulnerability\`;
4. the tool's tags: a list has to be there whole, the longest list wins, then the order of tags below;
5. the first CWE of the rule that decides;
6. otherwise it is \`unclassified\`.

Ids are examples that were looked up, not all that a tool has. Those of Trivy stand with \`AVD-\`; \`AVD-KSV-0041\`, \`KSV-0041\` and
\`KSV041\` are the same. "Signs" are for those who write readers of reports: what cannot be said as an id. A check that passed says that
the kind is absent, where "Absent when passed" names it.`;

/** Prints docs/FINDING-KINDS.md. */
export function printFindingKindsDocument(): string {
  return printPage("Kinds of findings", "`packages/catalogues`", [
    introduction,
    ...kindFamilies.flatMap(({ id, title }) => [
      `## ${title}`,
      ...findingKinds.filter(({ family }) => family === id).map((kind) => printKind(kind)),
    ]),
    "## Rules that NERVE names itself",
    "Reports that hold facts and no rules. A check of one of these that passed says that its kind is absent.",
    printTable(["Source", "Rule", "Kind"], ownRules()),
    "## Order of tags",
    `${asCode(tagOrder)}; any other comes last.`,
    ...[...inventoryTags].map(
      ([tool, tags]) => `Of ${tool}, ${asCode(tags)} name inventory and no fault, unless something else says more.`,
    ),
    "## Categories of CWEs",
    "MITRE says that these are not to be used for findings; tools do.",
    printTable(
      ["CWE", "Kind"],
      [...cweCategories].map(([cwe, kind]) => [String(cwe), asCode([kind])]),
    ),
    "## Open services",
    "What NERVE finds itself (source `nerve`) where a service is open on a public address or name: by the name of the service where a scan probed it, else by its port.",
    printTable(
      ["Rule", "Finding", "Severity", "Kind", "Services", "Ports"],
      exposureRules.map(({ key, title, severity, kind, services, ports }) => [
        asCode([key]),
        title,
        severity,
        asCode([kind]),
        asCode(services),
        ports.join(", "),
      ]),
    ),
  ]);
}

function printKind(kind: FindingKindDefinition): string {
  const { id, title, means, typicalSeverity, task, cwes, cweDecides } = kind;
  const related = cwes.filter((cwe) => !cweDecides.includes(cwe));
  const rows: [string, string][] = [
    ...Object.entries(kind.rules).map(([tool, ids]): [string, string] => [`Rules of ${tool}`, asCode(ids)]),
    ...Object.entries(kind.tags).map(([tool, lists]): [string, string] => [
      `Tags of ${tool}`,
      lists.map((list) => `\`${list.join(" + ")}\``).join(", "),
    ]),
    ["Ports", kind.ports.join(", ")],
    ["CWEs that decide", cweDecides.join(", ")],
    ["Other CWEs", related.join(", ")],
    ["Signs", kind.signs.join("; ")],
    ...Object.entries(kind.passedBy).map(([tool, ids]): [string, string] => [
      `Absent when passed, ${tool}`,
      asCode(ids),
    ]),
    ["Absent when", kind.passedWhen.join("; ")],
  ];
  const told = rows.filter(([, value]) => value !== "");
  const rest = task === null ? "" : ` Task: \`${task}\`.`;
  const parts = [`### ${title}`, `\`${id}\`, usually ${typicalSeverity}. ${means}${rest}`];
  return [...parts, ...(told.length === 0 ? [] : [printTable(["Told by", ""], told)])].join("\n\n");
}

function ownRules(): string[][] {
  return Object.entries(readerRules).flatMap(([source, rules]) =>
    Object.entries(rules).map(([key, kind]) => [source, asCode([key]), asCode([kind])]),
  );
}
