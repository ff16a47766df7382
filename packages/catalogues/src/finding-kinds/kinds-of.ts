import type { FindingKindDefinition, KindFamily } from "./finding-kind.ts";

type Definition = FindingKindDefinition;

/** A kind as it is written down: ids of rules are separated by spaces, and what is left out is empty. */
export interface KindFacts extends Pick<Definition, "title" | "means" | "typicalSeverity" | "task" | "replacedBy"> {
  /** CWEs that say by themselves that a finding is of this kind. */
  readonly decidingCwes?: readonly number[];
  /** CWEs that findings of this kind may have as well as others. */
  readonly relatedCwes?: readonly number[];
  readonly rules?: Readonly<Record<string, string>>;
  readonly tags?: Definition["tags"];
  readonly ports?: readonly number[];
  readonly signs?: readonly string[];
  readonly passedBy?: Readonly<Record<string, string>>;
  readonly passedWhen?: readonly string[];
}

/** Makes the kinds of a family from what is written down of them, in the order in which they are written. */
export function kindsOf<const Id extends string>(
  family: KindFamily,
  kinds: Readonly<Record<Id, KindFacts>>,
): readonly FindingKindDefinition<Id>[] {
  const written = Object.entries(kinds) as [Id, KindFacts][];
  return written.map(([id, { decidingCwes = [], relatedCwes = [], rules = {}, passedBy = {}, ...facts }]) => ({
    tags: {},
    ports: [],
    signs: [],
    passedWhen: [],
    ...facts,
    id,
    family,
    cwes: [...decidingCwes, ...relatedCwes].toSorted((one, other) => one - other),
    cweDecides: decidingCwes,
    rules: idsByTool(rules),
    passedBy: idsByTool(passedBy),
  }));
}

function idsByTool(lists: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(lists).map(([tool, ids]) => [tool, ids.trim().split(/\s+/)]));
}
