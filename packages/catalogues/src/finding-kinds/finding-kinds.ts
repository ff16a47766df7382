import { codeKinds } from "./families/code.ts";
import { codeInputKinds } from "./families/code-input.ts";
import { configurationKinds } from "./families/configuration.ts";
import { exposureKinds } from "./families/exposure.ts";
import { identityKinds } from "./families/identity.ts";
import { intelligenceKinds } from "./families/intelligence.ts";
import { networkKinds } from "./families/network.ts";
import { otherKinds } from "./families/other.ts";
import { softwareKinds } from "./families/software.ts";
import { transportKinds } from "./families/transport.ts";
import { webKinds } from "./families/web.ts";
import type { FindingKindDefinition } from "./finding-kind.ts";

/**
 * The version of the kinds and of what findings are recognised by.
 *
 * A new kind raises the minor version; it may take findings from `security-misconfiguration`, `injection-other`,
 * `technology-disclosure` and `unclassified` only.
 */
export const kindsVersion = "1.0.0";

const kinds = [
  ...transportKinds,
  ...webKinds,
  ...exposureKinds,
  ...networkKinds,
  ...softwareKinds,
  ...identityKinds,
  ...codeInputKinds,
  ...codeKinds,
  ...configurationKinds,
  ...intelligenceKinds,
  ...otherKinds,
];

/** What a finding is about, in one word that outlives tools: controls and tasks hang on it. */
export type FindingKind = (typeof kinds)[number]["id"];

/** Every kind, by families. */
export const findingKinds: readonly FindingKindDefinition<FindingKind>[] = kinds;

const byId: ReadonlyMap<string, FindingKindDefinition<FindingKind>> = new Map(
  findingKinds.map((kind) => [kind.id, kind]),
);

/** The kind of an id; undefined where there is none. */
export function findingKindNamed(id: string): FindingKindDefinition<FindingKind> | undefined {
  return byId.get(id);
}
