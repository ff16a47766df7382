import type { Severity } from "../finding-kinds/finding-kind.ts";
import type { FindingKind } from "../finding-kinds/finding-kinds.ts";

/** A finding of NERVE's own about an open service, and what it is recognised by. */
export interface ExposureRule {
  /** The rule's id, with the source `nerve`. */
  readonly key: `exposed-${string}`;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly remediation: string;
  /** Names that scanners give the service once they have probed it, in lower case. */
  readonly services: readonly string[];
  /** Ports on which it is to be expected, as `tcp/3306`. */
  readonly ports: readonly `${"tcp" | "udp"}/${number}`[];
  /** It is spoken over HTTP, so that a probe may find no more than that. */
  readonly overHttp?: true;
}
