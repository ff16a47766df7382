import { type Expression, expressionBuilder, type SelectQueryBuilder, type SqlBool } from "kysely";
import { type Reaching, within } from "../../access/within.ts";
import { columnsOf } from "../../database/columns.ts";
import { pageOrder, type PageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import type { Dialect } from "../../engines/port/engine.ts";
import type { AssetKind, AssetStatus } from "../../schema/surface/assets.ts";
import type { Schema } from "../../schema/tables.ts";
import { beside } from "../findings/list/finding-conditions.ts";
import { mostExamined } from "../findings/list/narrow-sets.ts";

/** What assets can be narrowed by, as parameters of shaped statements: those that are undefined do not count. */
export interface AssetFilter extends Reaching {
  /** The one company whose assets they are. */
  readonly company: number;
  readonly name?: string | undefined;
  readonly kind?: AssetKind | undefined;
  readonly status?: AssetStatus | undefined;
  readonly criticality?: number | undefined;
  readonly tag?: string | undefined;
}

/** A stretch of an index: a page that ends at a place, which is looked at as well. */
export type StretchWanted = AssetFilter & PageParameters & { readonly endOpen?: number; readonly endId?: number };

/** Where most is open first. */
export const byFindings = pageOrder("assets", ["open_findings", "id"], "desc");
export const byName = pageOrder("assets", ["name", "id"], "asc");

type Conditions = (p: StretchWanted, dialect: Dialect) => Expression<SqlBool>[];
type Assets<Row> = SelectQueryBuilder<Schema, "assets", Row>;

const eb = expressionBuilder<Schema, "assets">();

const ofCompany: Conditions = (p) => [eb("assets.company_id", "=", p.company)];
const ofKind: Conditions = (p, dialect) => [
  ...ofCompany(p, dialect),
  eb("assets.kind", "=", p.kind as AssetKind),
  eb("assets.status", "=", p.status as AssetStatus),
];

/** The assets of the company that have a tag. */
function assetsTagged(p: AssetFilter) {
  return eb
    .selectFrom("surface_tag_links")
    .innerJoin("surface_tags", "surface_tags.id", "surface_tag_links.tag_id")
    .select("surface_tag_links.asset_id")
    .where("surface_tags.company_id", "=", p.company)
    .where("surface_tags.name", "=", p.tag as string)
    .where("surface_tag_links.asset_id", "is not", null)
    .$castTo<{ asset_id: number }>();
}

/** Everything that a filter asks of an asset, whether an index is read by it or not. */
const isWanted: Conditions = (p, dialect) => [
  within("assets", p),
  eb("assets.deleted_at", "is", null),
  ...ofCompany(p, dialect),
  ...(p.kind === undefined ? [] : [eb("assets.kind", "=", p.kind)]),
  ...(p.status === undefined ? [] : [eb("assets.status", "=", p.status)]),
  ...(p.criticality === undefined ? [] : [eb("assets.criticality", "=", p.criticality)]),
  ...(p.name === undefined ? [] : [dialect.beginsWith(eb.ref("assets.name"), p.name)]),
  ...(p.tag === undefined ? [] : [eb("assets.id", "in", assetsTagged(p))]),
];

function listOf(order: PageOrder, read: Conditions) {
  return shapedStatement((sql, p: StretchWanted, dialect) => {
    const rows: Assets<object> = sql.selectFrom("assets");
    const wanted = rows
      .select([...columnsOf("assets")])
      .where(eb.and([...read(p, dialect), ...isWanted(p, dialect).map(beside)]));
    const end = eb.refTuple("assets.open_findings", "assets.id");
    const stretch =
      p.endId === undefined ? wanted : wanted.where(end, ">=", eb.tuple(p.endOpen as number, p.endId) as never);
    return order.apply(stretch, p);
  });
}

/** The place in an index up to which one page looks at most. */
function placeBy(read: Conditions) {
  return shapedStatement((sql, p: StretchWanted, dialect) => {
    const places = sql
      .selectFrom("assets")
      .select(["assets.id", "assets.open_findings"])
      .where(eb.and(read(p, dialect)));
    return byFindings.apply(places, p).offset(mostExamined - 1);
  });
}

/** Lists by an index that has the order of the list. */
export const lists = {
  company: { rows: listOf(byFindings, ofCompany), place: placeBy(ofCompany) },
  kind: { rows: listOf(byFindings, ofKind), place: placeBy(ofKind) },
};

export type PathName = keyof typeof lists;

/** By name, the index is read as far as it takes. */
export const listByName = listOf(byName, ofCompany);

/** The assets of a tag that few have, sorted. */
export const listByTag = listOf(byFindings, (p) => [eb("assets.id", "in", assetsTagged(p))]);

/** Counts the assets of a tag, up to one more than can be sorted. */
export const countTagged = shapedStatement((sql, p: AssetFilter) =>
  sql
    .selectFrom(() =>
      assetsTagged(p)
        .limit(mostExamined + 1)
        .as("found"),
    )
    .select(({ fn }) => fn.countAll<number>().as("few")),
);
