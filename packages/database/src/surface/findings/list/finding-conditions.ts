import { type Expression, type ExpressionBuilder, expressionBuilder, sql, type SqlBool } from "kysely";
import { within } from "../../../access/within.ts";
import type { Dialect } from "../../../engines/port/engine.ts";
import type { Schema } from "../../../schema/tables.ts";
import { type FilterName, type FilterParameters, wordParameters } from "./finding-filter.ts";

/** Writes a condition on a row of `findings`, whose parameter is given. */
type WriteCondition = (p: FilterParameters, dialect: Dialect) => Expression<SqlBool>;

/** Expressions over findings. */
export function builder(): ExpressionBuilder<Schema, "findings"> {
  return expressionBuilder<Schema, "findings">();
}

/** The rules of the company whose title or key holds every word of the search. */
export function rulesNamed(p: FilterParameters, dialect: Dialect) {
  const query = builder()
    .selectFrom("finding_rules")
    .select("finding_rules.id")
    .where("finding_rules.company_id", "=", p.company);
  return wordParameters(p).reduce(
    (narrowed, word) =>
      narrowed.where((eb) =>
        eb.or([
          dialect.containsText(eb.ref("finding_rules.title"), word),
          dialect.containsText(eb.ref("finding_rules.key"), word),
        ]),
      ),
    query,
  );
}

/** The assets of the company whose name begins as the search does. */
export function assetsNamed(p: FilterParameters, dialect: Dialect) {
  return builder()
    .selectFrom("assets")
    .select("assets.id")
    .where("assets.company_id", "=", p.company)
    .where((eb) => dialect.beginsWith(eb.ref("assets.name"), p.search as string));
}

/** The links of a tag of the company. */
export function linksOfTag(p: FilterParameters) {
  return builder()
    .selectFrom("surface_tag_links")
    .innerJoin("surface_tags", "surface_tags.id", "surface_tag_links.tag_id")
    .where("surface_tags.company_id", "=", p.company)
    .where("surface_tags.name", "=", p.tag as string);
}

const conditions: Readonly<Record<FilterName, WriteCondition>> = {
  isOpen: (p) => builder()("findings.is_open", "=", p.isOpen as boolean),
  status: (p) => builder()("findings.status", "=", p.status as "open"),
  severity: (p) => builder()("findings.severity", "=", p.severity as "low"),
  source: (p) => builder()("findings.source", "=", p.source as string),
  assetId: (p) => builder()("findings.asset_id", "=", p.assetId as number),
  ruleId: (p) => builder()("findings.rule_id", "=", p.ruleId as number),
  assignedTo: (p) => builder()("findings.assigned_to_user_id", "=", p.assignedTo as number),
  exploited: (p) => builder()("findings.known_exploited", "=", p.exploited as boolean),
  dueBefore: (p) => builder()("findings.due_at", "<", p.dueBefore as Date),
  notDueBefore: (p) =>
    builder().or([
      builder()("findings.due_at", "is", null),
      builder()("findings.due_at", ">=", p.notDueBefore as Date),
    ]),
  openedSince: (p) => builder()("findings.opened_at", ">=", p.openedSince as Date),
  changedSince: (p) => builder()("findings.changed_at", ">=", p.changedSince as Date),
  cve: (p) =>
    builder().exists(
      builder()
        .selectFrom("finding_cves")
        .select("finding_cves.id")
        .whereRef("finding_cves.finding_id", "=", "findings.id")
        .where("finding_cves.cve", "=", p.cve as string),
    ),
  kind: (p) => builder()("findings.finding_kind", "=", p.kind as string),
  tag: (p) =>
    builder().exists(
      linksOfTag(p)
        .select("surface_tag_links.id")
        .where((eb) =>
          eb.or([
            eb("surface_tag_links.finding_id", "=", eb.ref("findings.id" as never)),
            eb("surface_tag_links.asset_id", "=", eb.ref("findings.asset_id" as never)),
          ]),
        ),
    ),
  search: (p, dialect) =>
    builder().or([
      builder()("findings.rule_id", "in", rulesNamed(p, dialect)),
      builder()("findings.asset_id", "in", assetsNamed(p, dialect)),
    ]),
};

const filterNames = Object.keys(conditions) as readonly FilterName[];

/** The conditions of a filter that count. */
export function namesGiven(p: FilterParameters): FilterName[] {
  return filterNames.filter((name) => p[name] !== undefined);
}

/** Lets a condition be looked at beside the index that the statement is written for: `IS TRUE` keeps the planner from another one. */
export function beside(condition: Expression<SqlBool>): Expression<SqlBool> {
  return sql<SqlBool>`(${condition}) is true`;
}

/** That a finding is of the company in question. */
export function isOfCompany(p: FilterParameters): Expression<SqlBool> {
  return builder()("findings.company_id", "=", p.company);
}

/** That a finding is within the caller's reach. */
export function isWithin(p: FilterParameters): Expression<SqlBool> {
  return beside(within("findings", p));
}

/** The conditions that an index is read by. */
export function areGiven(p: FilterParameters, names: readonly FilterName[], dialect: Dialect): Expression<SqlBool> {
  const given = names.filter((name) => p[name] !== undefined);
  return builder().and(given.map((name) => conditions[name](p, dialect)));
}

/** All other conditions of a filter than the named ones, looked at beside the index. */
export function areTrueBeside(
  p: FilterParameters,
  names: readonly FilterName[],
  dialect: Dialect,
): Expression<SqlBool> {
  const besides = namesGiven(p).filter((name) => !names.includes(name));
  return builder().and(besides.map((name) => beside(conditions[name](p, dialect))));
}

/** Everything that a filter asks of a row of `findings`, for a statement that is written for no index. */
export function matchesFilter(p: FilterParameters, dialect: Dialect): Expression<SqlBool> {
  return builder().and([isOfCompany(p), isWithin(p), areGiven(p, filterNames, dialect)]);
}
