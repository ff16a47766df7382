export const severities = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof severities)[number];

export type Transport = "tcp" | "udp" | "sctp";

/**
 * What can be attacked. Hosts are as written in the report. An empty `name` is for the caller's target to replace, and
 * `unnamed` is what a report says nothing of.
 */
export type Asset =
  | { readonly kind: "host"; readonly host: string }
  | { readonly kind: "service"; readonly host: string; readonly port: number; readonly transport: Transport }
  | { readonly kind: "repository" | "image" | "resource"; readonly name: string }
  | { readonly kind: "unnamed" };

export type RuleKind = "vulnerability" | "weakness" | "misconfiguration" | "exposure" | "secret" | "licence";

/** What a tool checks for. Records of one rule share one object where the reader can see to it. */
export interface Rule {
  readonly key: string;
  readonly kind: RuleKind;
  readonly title: string;
  readonly description?: string | undefined;
  readonly remediation?: string | undefined;
  readonly references?: readonly string[] | undefined;
  /** `CWE-79`. */
  readonly cwes?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly severity?: Severity | undefined;
}

/** Values that only this format knows; what hashes and times hold is left out, since it changes with every scan. */
export type Details = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A place of a finding. Its identity is `locator` alone; lines are no part of it unless the reader puts them there. */
export interface Location {
  readonly kind: "url" | "code" | "package" | "address" | "other";
  readonly locator: readonly string[];
  /** Stands for the locator where NERVE wrote the report: 24 characters, or none. */
  readonly locatorKey?: string | undefined;
  /** How often it came, where that is known of this place alone. */
  readonly occurrences?: number | undefined;
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly parameter?: string | undefined;
  readonly address?: string | undefined;
  readonly path?: string | undefined;
  readonly startLine?: number | undefined;
  readonly endLine?: number | undefined;
  readonly startColumn?: number | undefined;
  readonly endColumn?: number | undefined;
  readonly component?: string | undefined;
  readonly version?: string | undefined;
  readonly fixedVersion?: string | undefined;
  readonly message?: string | undefined;
  readonly detail?: Details | undefined;
}

export interface Evidence {
  readonly kind: "request" | "response" | "output" | "snippet";
  readonly content: string;
  /** Which of the finding's locations it is of. */
  readonly location?: number | undefined;
}

export interface Score {
  readonly version: "2.0" | "3.0" | "3.1" | "4.0" | "";
  /** Empty where the tool gives a bare number. */
  readonly vector: string;
  readonly base: number;
}

interface Placed {
  /** Number of the record in the report, from 0; the same in every pass. */
  readonly index?: number;
  /** Line, or 0 where the format has none. */
  readonly line?: number;
  /** The tool, where one report holds several; the collector makes its family of it. */
  readonly source?: string | undefined;
}

export interface HostRecord extends Placed {
  readonly kind: "host";
  /** What the scan was told to look at. */
  readonly host: string;
  /** Names that were looked up, which change by themselves. */
  readonly names: readonly { readonly kind: "reverse" | "certificate" | "alias"; readonly name: string }[];
  readonly addresses: readonly string[];
  readonly state: "up" | "down" | "gone" | "unknown";
  readonly details?: Details | undefined;
}

export interface ServiceRecord extends Placed {
  readonly kind: "service";
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
  readonly state: "open" | "closed" | "filtered" | "unknown";
  /** `ssh`, and how it was found out. */
  readonly service?: string | undefined;
  readonly probed?: boolean | undefined;
  readonly product?: string | undefined;
  readonly details?: Details | undefined;
}

/** One name leads to another: `a`, `aaaa`, `cname`, `ns`, `mx`. */
export interface LinkRecord extends Placed {
  readonly kind: "link";
  readonly from: string;
  readonly to: string;
  readonly type: string;
}

/** A test that found nothing wrong. */
export interface CheckRecord extends Placed {
  readonly kind: "check";
  readonly rule: Rule;
  readonly asset: Asset;
  readonly outcome: "pass" | "info" | "warn";
  readonly detail: string;
}

export interface FindingRecord extends Placed {
  readonly kind: "finding";
  readonly rule: Rule;
  readonly asset: Asset;
  readonly title: string;
  readonly severity: Severity;
  /** The tool's own word or number. */
  readonly toolSeverity: string;
  readonly score?: Score | undefined;
  /** `CVE-2021-44228`, `GHSA-…`. */
  readonly ids: readonly string[];
  /** The tool's own stable name of this very finding. */
  readonly toolKey?: string | undefined;
  /** With rule and asset, what tells this finding from others. */
  readonly context: readonly string[];
  /** Stand for context and the tool's name of it where NERVE wrote the report: 24 characters each, or none. */
  readonly digests?: { readonly context: string; readonly tool: string } | undefined;
  /** At least one; a finding without a place has one of kind `other` with an empty locator. */
  readonly locations: readonly Location[];
  readonly occurrences?: number | undefined;
  /**
   * Records of the same rule, asset and context are findings of their own (lines of code), told apart by position;
   * otherwise they are places of one.
   */
  readonly positional?: boolean | undefined;
  readonly state: "present" | "suppressed" | "absent";
  readonly reason?: string | undefined;
  readonly confidence?: string | undefined;
  /** Which of the coverage's commands found it; without it silence means nothing. */
  readonly command?: string | undefined;
  readonly knownExploited?: boolean | undefined;
  /**
   * A VEX statement: it speaks of findings of other sources on the same package, and opens none. Its context is the package, by its
   * package URL; its locations are the versions that it speaks of, or one without a version where it speaks of all.
   */
  readonly statement?: boolean | undefined;
  /** The list of locations is a sample: what it leaves out may still be there. */
  readonly sampled?: boolean | undefined;
  readonly evidence: readonly Evidence[];
  /** Part of the identity, as a keyed digest; never stored. */
  readonly secret?: string | undefined;
}

export type ScanRecord = HostRecord | ServiceRecord | LinkRecord | CheckRecord | FindingRecord;
