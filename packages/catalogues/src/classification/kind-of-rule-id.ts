import { exposureRules, exposureSource } from "../exposure/exposure-rules.ts";
import { type FindingKind, findingKinds } from "../finding-kinds/finding-kinds.ts";
import { readerRules } from "./reader-rules.ts";
import { spellingsOf } from "./rule-ids.ts";

interface KnownIds {
  readonly whole: Map<string, FindingKind>;
  /** Of ids that end in `*`, what stands before it; the longest first. */
  readonly beginnings: [start: string, kind: FindingKind][];
}

type Ids = readonly (readonly [source: string, id: string, kind: FindingKind])[];

const ofReaders: Ids = Object.entries(readerRules).flatMap(([source, rules]) =>
  Object.entries(rules).map(([id, kind]) => [source, id, kind] as const),
);

function idsOf(lists: "rules" | "passedBy"): Ids {
  return findingKinds.flatMap((kind) =>
    Object.entries(kind[lists]).flatMap(([source, ids]) => ids.map((id) => [source, id, kind.id] as const)),
  );
}

const rules = knownIds([
  ...idsOf("rules"),
  ...ofReaders,
  ...exposureRules.map(({ key, kind }) => [exposureSource, key, kind] as const),
]);
const passed = knownIds([...idsOf("passedBy"), ...ofReaders]);

function knownIds(ids: Ids): ReadonlyMap<string, KnownIds> {
  const bySource = new Map<string, KnownIds>();
  for (const [source, id, kind] of ids) {
    const known: KnownIds = bySource.get(source) ?? { whole: new Map(), beginnings: [] };
    bySource.set(source, known);
    const [spelling = id] = spellingsOf(source, id);
    if (spelling.endsWith("*")) known.beginnings.push([spelling.slice(0, -1), kind]);
    else known.whole.set(spelling, kind);
  }
  for (const { beginnings } of bySource.values()) beginnings.sort(([one], [other]) => other.length - one.length);
  return bySource;
}

/** The kind of a tool's rule; a whole id comes before one that ends in `*`, and a long beginning before a short one. */
export function kindOfRuleId(source: string, key: string): FindingKind | undefined {
  return lookUp(rules.get(source), spellingsOf(source, key));
}

/** The kind that is absent where a check of a tool's rule passed; undefined where that says nothing. */
export function kindPassedBy(source: string, key: string): FindingKind | undefined {
  return lookUp(passed.get(source), spellingsOf(source, key));
}

function lookUp(known: KnownIds | undefined, spellings: readonly string[]): FindingKind | undefined {
  if (known === undefined) return undefined;
  const whole = spellings.map((id) => known.whole.get(id)).find((kind) => kind !== undefined);
  return whole ?? known.beginnings.find(([start]) => spellings.some((id) => id.startsWith(start)))?.[1];
}
