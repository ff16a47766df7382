import type { FindingKind } from "../finding-kinds/finding-kinds.ts";

interface TwofoldRule {
  readonly source: string;
  readonly key: string;
  /** What its message has where a finding is of the other kind. */
  readonly message: RegExp;
  readonly kind: FindingKind;
}

/** Rules that tell of two things, and what their findings say where they are not of the rule's kind. */
const twofoldRules: readonly TwofoldRule[] = [
  { source: "testssl", key: "cert_expirationStatus", message: /^expires\b/i, kind: "tls-certificate-expiring" },
];

/**
 * Says which kind a finding is of by itself, where one rule of a tool tells of two things.
 * @param source the tool's family
 * @param key the rule's id
 * @param message what the tool says of the finding
 * @returns undefined where the finding is of its rule's kind
 */
export function kindOfMessage(source: string, key: string, message: string): FindingKind | undefined {
  return twofoldRules.find((one) => one.source === source && one.key === key && one.message.test(message))?.kind;
}
