import { within } from "../../../access/within.ts";
import { shapedStatement } from "../../../database/statement.ts";
import { areTrueBeside, beside, builder, isOfCompany, isWithin } from "../list/finding-conditions.ts";
import type { FilterParameters } from "../list/finding-filter.ts";
import { countUpTo, type NarrowName, narrowNames, narrowSets, type WriteIds } from "../list/narrow-sets.ts";

/** Most findings that are looked at to count them. */
export const mostCounted = 10_000;

/** What is kept of how many findings of a company, or of one source, are alike. */
export const countsKept = shapedStatement((sql, p: FilterParameters) => {
  const query = sql
    .selectFrom("finding_counts")
    .select(["status", "severity", "source", "exploited", "findings"])
    .where("finding_counts.company_id", "=", p.company)
    .where(within("finding_counts", p));
  return p.source === undefined ? query : query.where("finding_counts.source", "=", p.source);
});

/** All findings of the company, where no condition is narrow. */
const idsOfCompany: WriteIds = (p) => builder().selectFrom("findings").select("findings.id").where(isOfCompany(p));

export const countOfCompany = countUpTo(idsOfCompany);

/** Counts those of a set that meet the whole filter, by what tells them apart. */
function countAmong(writeIds: WriteIds) {
  return shapedStatement(
    (sql, p: FilterParameters, dialect) =>
      sql
        .selectFrom("findings")
        .select(({ fn }) => [
          "status",
          "severity",
          "source",
          "known_exploited as exploited",
          fn.countAll<number>().as("findings"),
        ])
        .where("findings.id", "in", (eb) =>
          eb.selectFrom(() => writeIds(p, dialect).limit(mostCounted).as("found")).select("found.id"),
        )
        .where(beside(isOfCompany(p)))
        .where(isWithin(p))
        .where(areTrueBeside(p, [], dialect))
        .groupBy(["status", "severity", "source", "known_exploited"]),
    { exploited: "boolean" },
  );
}

const among = new Map(narrowNames.map((name) => [name, countAmong(narrowSets[name])]));
const amongAll = countAmong(idsOfCompany);

/** The statement that counts among a narrow set, or among all of a company. */
export function statementCounting(name: NarrowName | null): typeof amongAll {
  return (name === null ? undefined : among.get(name)) ?? amongAll;
}
