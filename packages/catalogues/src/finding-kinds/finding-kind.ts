/** From the least to the worst. */
export const severities = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** Kinds that belong together, in the order in which they are shown. */
export const kindFamilies = [
  { id: "transport", title: "Encryption in transit" },
  { id: "web", title: "Websites and browsers" },
  { id: "exposure", title: "Exposed content" },
  { id: "network", title: "Network exposure" },
  { id: "software", title: "Installed software" },
  { id: "identity", title: "Identity and access" },
  { id: "code", title: "Flaws in code" },
  { id: "configuration", title: "Configuration" },
  { id: "intelligence", title: "Threat intelligence" },
  { id: "other", title: "Other" },
] as const;
export type KindFamily = (typeof kindFamilies)[number]["id"];

/** What is known of a kind of findings, and what findings are recognised by. Names of tools are those of sources. */
export interface FindingKindDefinition<Id extends string = string> {
  readonly id: Id;
  readonly family: KindFamily;
  readonly title: string;
  /** What is the case where there is such a finding. */
  readonly means: string;
  /** Used only where a tool gives none. */
  readonly typicalSeverity: Severity;
  /** Numbers of CWEs that findings of the kind may have. */
  readonly cwes: readonly number[];
  /** Those of them that say by themselves that a finding is of this kind; each decides for one kind. */
  readonly cweDecides: readonly number[];
  /** Ids of rules by tool; one that ends in `*` stands for all that begin so. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  /** Lists of tags by tool, of which one has to be there whole. */
  readonly tags: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Ports, for scanners whose open ports are findings of their own. */
  readonly ports: readonly number[];
  /** For those who write readers of reports: what cannot be said as an id. */
  readonly signs: readonly string[];
  /** Ids of rules by tool whose passed check says that the kind is absent. */
  readonly passedBy: Readonly<Record<string, readonly string[]>>;
  /** The same, where it cannot be said as an id. */
  readonly passedWhen: readonly string[];
  /** The task of the roadmap that mends it. */
  readonly task: `TASK_${string}` | null;
  /** The kind that took its place: ids are never taken away, and never change their meaning. */
  readonly replacedBy?: string | undefined;
}
