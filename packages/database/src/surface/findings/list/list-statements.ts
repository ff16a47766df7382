import { type Expression, type SelectQueryBuilder, sql, type SqlBool } from "kysely";
import { columnsOf } from "../../../database/columns.ts";
import type { PageParameters } from "../../../database/page.ts";
import { shapedStatement } from "../../../database/statement.ts";
import type { Schema } from "../../../schema/tables.ts";
import { areGiven, areTrueBeside, beside, isOfCompany, isWithin } from "./finding-conditions.ts";
import type { FilterParameters } from "./finding-filter.ts";
import { isAscending, orderOf, sortColumn, type SortName, sortNames } from "./finding-sorts.ts";
import { isLedByCompany, type PathName, pathNamed, pathNames } from "./index-paths.ts";
import { mostExamined, narrowNames, narrowSets, type NarrowName } from "./narrow-sets.ts";

/** A filter, the place where a page begins, and its length. */
export type PageWanted = FilterParameters & PageParameters;

/** A stretch of an index: a page that ends at a place, which is looked at as well. */
type StretchWanted = PageWanted & { readonly endValue?: number | Date; readonly endId?: number };

type Findings<Row> = SelectQueryBuilder<Schema, "findings", Row>;

/** Findings as lists have them. */
export function selectRows<Row>(query: Findings<Row>) {
  return query
    .select([...columnsOf("findings")])
    .select((eb) =>
      eb
        .selectFrom("assets")
        .select("assets.name")
        .whereRef("assets.id", "=", "findings.asset_id")
        .$asScalar()
        .$notNull()
        .as("asset_name"),
    );
}

/** What is never due has no place in a list by due dates. */
function ofSort<Row>(query: Findings<Row>, sort: SortName): Findings<Row> {
  return sort === "due" ? query.where("findings.due_at", "is not", null) : query;
}

/** That a finding comes no later in the list than the end of the stretch. */
function isUpTo(sort: SortName, { endValue, endId }: StretchWanted): Expression<SqlBool> {
  const place = sql`(${sql.ref(`findings.${sortColumn(sort)}`)}, ${sql.ref("findings.id")})`;
  return sql<SqlBool>`${place} ${sql.raw(isAscending(sort) ? "<=" : ">=")} (${endValue}, ${endId})`;
}

/** The rows of a stretch of an index that meet the whole filter. */
function rowsBy(name: PathName) {
  const { sort, by } = pathNamed(name);
  return shapedStatement((builder, p: StretchWanted, dialect) => {
    const range = ofSort(builder.selectFrom("findings"), sort)
      .where(isLedByCompany(name) ? isOfCompany(p) : beside(isOfCompany(p)))
      .where(areGiven(p, by, dialect))
      .where(isWithin(p))
      .where(areTrueBeside(p, by, dialect));
    const stretch = p.endId === undefined ? range : range.where(isUpTo(sort, p));
    return orderOf(sort).apply(selectRows(stretch), p);
  });
}

/** The place in an index up to which one page looks at most. */
function placeBy(name: PathName) {
  const { sort, by } = pathNamed(name);
  return shapedStatement((builder, p: PageWanted, dialect) => {
    const range = ofSort(builder.selectFrom("findings"), sort)
      .where(isLedByCompany(name) ? isOfCompany(p) : beside(isOfCompany(p)))
      .where(areGiven(p, by, dialect))
      .where(isWithin(p));
    const places = range.select(["findings.id", `findings.${sortColumn(sort)}`]);
    return orderOf(sort)
      .apply(places, p)
      .offset(mostExamined - 1);
  });
}

/** The rows among a narrow set that meet the whole filter, sorted. */
function rowsAmong(name: NarrowName, sort: SortName) {
  return shapedStatement((builder, p: PageWanted, dialect) => {
    const rows = ofSort(builder.selectFrom("findings"), sort)
      .where("findings.id", "in", narrowSets[name](p, dialect) as never)
      .where(beside(isOfCompany(p)))
      .where(isWithin(p))
      .where(areTrueBeside(p, [], dialect));
    return orderOf(sort).apply(selectRows(rows), p);
  });
}

const byPath = new Map(pathNames.map((name) => [name, { rows: rowsBy(name), place: placeBy(name) }]));
const among = new Map(
  narrowNames.flatMap((name) => sortNames.map((sort) => [`${name} ${sort}`, rowsAmong(name, sort)] as const)),
);

/** The statements that read an index. */
export function statementsBy(name: PathName) {
  return byPath.get(name) as { rows: ReturnType<typeof rowsBy>; place: ReturnType<typeof placeBy> };
}

/** The statement that sorts a narrow set. */
export function statementAmong(name: NarrowName, sort: SortName) {
  return among.get(`${name} ${sort}`) as ReturnType<typeof rowsAmong>;
}
