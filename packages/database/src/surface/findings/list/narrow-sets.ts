import type { SelectQueryBuilder } from "kysely";
import type { Handle } from "../../../database/handle.ts";
import { shapedStatement, type Statement } from "../../../database/statement.ts";
import type { Dialect } from "../../../engines/port/engine.ts";
import { findingStatuses } from "../../../schema/surface/finding-words.ts";
import type { Schema } from "../../../schema/tables.ts";
import { areGiven, assetsNamed, builder, linksOfTag, rulesNamed } from "./finding-conditions.ts";
import type { FilterName, FilterParameters } from "./finding-filter.ts";

/** Most findings that are sorted, or looked at beside an index, for one page. */
export const mostExamined = 2000;

/** Writes the ids of the findings that meet one condition, found by an index of its own; other companies' may be among them. */
export type WriteIds = (p: FilterParameters, dialect: Dialect) => SelectQueryBuilder<Schema, never, { id: number }>;

function idsOf(name: FilterName): WriteIds {
  return (p, dialect) =>
    builder()
      .selectFrom("findings")
      .select("findings.id")
      .where(areGiven(p, [name], dialect));
}

/** Of the company alone, by an index that a time ends. */
function idsSince(name: "openedSince" | "changedSince" | "dueBefore"): WriteIds {
  return (p, dialect) => {
    const query = builder()
      .selectFrom("findings")
      .select("findings.id")
      .where("findings.company_id", "=", p.company)
      .where(areGiven(p, [name], dialect));
    if (name === "openedSince") return query.where("findings.is_open", "in", [true, false]);
    return name === "changedSince" ? query.where("findings.status", "in", [...findingStatuses]) : query;
  };
}

const idsOfKind: WriteIds = (p) =>
  builder()
    .selectFrom("findings")
    .select("findings.id")
    .where("findings.company_id", "=", p.company)
    .where("findings.finding_kind", "=", p.kind as string);

const idsOfCve: WriteIds = (p) =>
  builder()
    .selectFrom("finding_cves")
    .select("finding_cves.finding_id as id")
    .where("finding_cves.cve", "=", p.cve as string)
    .where("finding_cves.company_id", "=", p.company);

const idsOfTag: WriteIds = (p) =>
  linksOfTag(p)
    .select("surface_tag_links.finding_id as id")
    .where("surface_tag_links.finding_id", "is not", null)
    .$castTo<{ id: number }>()
    .unionAll(
      linksOfTag(p)
        .innerJoin("findings as tagged", "tagged.asset_id", "surface_tag_links.asset_id")
        .select("tagged.id as id"),
    );

const idsOfSearch: WriteIds = (p, dialect) =>
  builder()
    .selectFrom("findings")
    .select("findings.id")
    .where("findings.rule_id", "in", rulesNamed(p, dialect))
    .unionAll(
      builder().selectFrom("findings").select("findings.id").where("findings.asset_id", "in", assetsNamed(p, dialect)),
    );

/** The conditions that may leave so few findings that these can be sorted. */
export const narrowSets = {
  assetId: idsOf("assetId"),
  ruleId: idsOf("ruleId"),
  assignedTo: idsOf("assignedTo"),
  kind: idsOfKind,
  cve: idsOfCve,
  tag: idsOfTag,
  search: idsOfSearch,
  openedSince: idsSince("openedSince"),
  changedSince: idsSince("changedSince"),
  dueBefore: idsSince("dueBefore"),
} as const satisfies Partial<Record<FilterName, WriteIds>>;

export type NarrowName = keyof typeof narrowSets;

export const narrowNames = Object.keys(narrowSets) as readonly NarrowName[];

type CountWanted = FilterParameters & { readonly countUpTo: number };

/** Counts up to a number. */
export function countUpTo(writeIds: WriteIds): Statement<CountWanted, { few: number }> {
  return shapedStatement((sql, p: CountWanted, dialect) =>
    sql
      .selectFrom(() => writeIds(p, dialect).limit(p.countUpTo).as("found"))
      .select(({ fn }) => fn.countAll<number>().as("few")),
  );
}

const counts = new Map(narrowNames.map((name) => [name, countUpTo(narrowSets[name])]));

/** How many findings meet a condition by itself; one more than `most` where there are more. */
export interface NarrowSet {
  readonly name: NarrowName;
  readonly size: number;
}

/** The condition of a filter that leaves the fewest findings, other companies' among them; null where no condition is narrow. */
export async function narrowest(db: Handle, filter: FilterParameters, most: number): Promise<NarrowSet | null> {
  let found: NarrowSet | null = null;
  for (const [name, count] of counts) {
    if (filter[name] === undefined) continue;
    const { few: size } = await count.one(db, { ...filter, countUpTo: most + 1 });
    if (found === null || size < found.size) found = { name, size };
  }
  return found;
}

/** The narrowest condition of a filter, where it leaves few enough findings to be sorted; else null. */
export async function narrowestSet(db: Handle, filter: FilterParameters): Promise<NarrowName | null> {
  const found = await narrowest(db, filter, mostExamined);
  return found !== null && found.size <= mostExamined ? found.name : null;
}
