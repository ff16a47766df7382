import { sql, type SqlBool } from "kysely";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { openOf, worstOpen } from "../changes/open-findings.ts";

/**
 * Compares what is counted of a company's findings with the findings themselves, and mends what differs.
 *
 * @returns how many counts differed
 */
export async function mendCounts(tx: Transaction, companyId: number): Promise<number> {
  await holdFindings(tx, companyId);
  return (await mendAlike(tx, companyId)) + (await mendOfAssets(tx, companyId)) + (await mendOfRules(tx, companyId));
}

async function mendAlike(tx: Transaction, companyId: number): Promise<number> {
  const kept = tx.sql
    .selectFrom("finding_counts")
    .select(["source", "severity", "status", "exploited", "findings"])
    .where("company_id", "=", companyId);
  const counted = tx.sql
    .selectFrom("findings")
    .select(({ fn }) => [
      "source",
      "severity",
      "status",
      "known_exploited as exploited",
      fn.countAll<number>().as("findings"),
    ])
    .where("company_id", "=", companyId)
    .groupBy(["source", "severity", "status", "known_exploited"]);
  const rows = await fetchAll(tx, counted, { exploited: "boolean" });
  const asText = ({ source, severity, status, exploited, findings }: (typeof rows)[number]) =>
    JSON.stringify([source, severity, status, exploited, findings]);
  const before = new Set((await fetchAll(tx, kept)).map(asText));
  const now = new Set(rows.map(asText));
  const differing =
    [...before].filter((row) => !now.has(row)).length + [...now].filter((row) => !before.has(row)).length;
  if (differing === 0) return 0;
  await runQuery(tx, tx.sql.deleteFrom("finding_counts").where("company_id", "=", companyId));
  if (rows.length > 0) {
    const values = rows.map((row) => ({ company_id: companyId, ...row }));
    await runQuery(tx, tx.sql.insertInto("finding_counts").values(values));
  }
  return differing;
}

function mendOfAssets(tx: Transaction, companyId: number): Promise<number> {
  const open = openOf("findings.asset_id", "assets.id");
  const query = tx.sql
    .updateTable("assets")
    .set({ open_findings: open, worst_severity: worstOpen() })
    .where("company_id", "=", companyId)
    .where((eb) =>
      eb.or([
        eb("open_findings", "<>", open),
        sql<SqlBool>`coalesce(worst_severity, 'none') <> coalesce(${worstOpen()}, 'none')`,
      ]),
    );
  return runQuery(tx, query);
}

function mendOfRules(tx: Transaction, companyId: number): Promise<number> {
  const open = openOf("findings.rule_id", "finding_rules.id");
  const query = tx.sql
    .updateTable("finding_rules")
    .set({ open_findings: open })
    .where("company_id", "=", companyId)
    .where("open_findings", "<>", open);
  return runQuery(tx, query);
}
