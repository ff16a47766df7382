import type { FindingKind } from "../finding-kinds/finding-kinds.ts";
import { kindOfCwes } from "./kind-of-cwes.ts";
import { kindOfPort } from "./kind-of-port.ts";
import { kindOfRuleId } from "./kind-of-rule-id.ts";
import { hasInventoryTag, kindOfTags } from "./kind-of-tags.ts";

/** What findings of a rule are about: an asset by its kind, or a package of it. */
export type RuleSubject = "host" | "service" | "repository" | "image" | "resource" | "package" | "library" | "unnamed";

/** What is known of a rule of a tool. */
export interface RuleFacts {
  /** The tool's family: `nuclei`. */
  readonly source: string;
  /** The rule's id; with what matched of it, where a finding is asked about: `http-missing-security-headers:x-frame-options`. */
  readonly key: string;
  /** Numbers of vulnerabilities: CVEs, and what a package has in place of one. */
  readonly cves?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** `CWE-79`, in the tool's order. */
  readonly cwes?: readonly string[] | undefined;
  readonly subject?: RuleSubject | undefined;
}

/** What does not answer, so that a vulnerability in it is one of what it was built from. */
const builtFromParts: ReadonlySet<RuleSubject | undefined> = new Set(["package", "library", "image", "repository"]);

/**
 * Says which kind the findings of a rule are of.
 *
 * The first of these that knows: the rule's id, or the port that it names for a port scanner; the number of a
 * vulnerability; the tool's tags; a CWE that decides. A person's choice comes before all of them, and is the caller's.
 *
 * @returns the kind; `unclassified` where nothing says what it is about
 */
export function classifyRule(rule: RuleFacts): FindingKind {
  const { source, key, cves = [], tags = [], cwes = [] } = rule;
  return (
    kindOfRuleId(source, key) ??
    kindOfPort(source, key) ??
    (cves.length > 0 ? kindOfVulnerability(rule) : undefined) ??
    kindOfTags(source, tags) ??
    kindOfCwes(cwes) ??
    "unclassified"
  );
}

function kindOfVulnerability({ subject }: RuleFacts): FindingKind {
  return builtFromParts.has(subject) ? "vulnerable-dependency" : "known-vulnerability";
}

/** Tells whether a rule lists what there is, and finds no fault: the tool's tags say so, and nothing else says more. */
export function isInventory(rule: RuleFacts): boolean {
  return hasInventoryTag(rule.source, rule.tags ?? []) && classifyRule(rule) === "unclassified";
}
