import { expressionBuilder, type RawBuilder, sql } from "kysely";
import { severities, type Severity } from "../../schema/surface/assets.ts";
import type { Schema } from "../../schema/tables.ts";
import { leastRisk } from "../deciding/risk-of.ts";

/** The number of open findings of the asset, or of the rule, at hand. */
export function openOf(column: "findings.asset_id" | "findings.rule_id", owner: "assets.id" | "finding_rules.id") {
  return expressionBuilder<Schema, "assets" | "finding_rules">()
    .selectFrom("findings")
    .select(({ fn }) => fn.countAll<number>().as("open"))
    .whereRef(column, "=", owner)
    .where("findings.is_open", "=", true)
    .$asScalar()
    .$notNull();
}

/** The worst severity of what is open on an asset. */
export function worstOpen(): RawBuilder<Severity | null> {
  const eb = expressionBuilder<Schema, "assets">();
  const isThere = (severity: Severity) =>
    eb.exists(
      eb
        .selectFrom("findings")
        .select("findings.id")
        .whereRef("findings.asset_id", "=", "assets.id")
        .where("findings.is_open", "=", true)
        // Changes no answer: it lets the index leave out what cannot be as severe.
        .where("findings.risk", ">=", leastRisk(severity))
        .where("findings.severity", "=", severity),
    );
  const cases = severities.map((severity) => sql`when ${isThere(severity)} then ${sql.lit(severity)}`);
  return sql<Severity | null>`case ${sql.join(cases, sql` `)} end`;
}
