import { expect } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { type Severity, severities } from "../../../src/schema/surface/assets.ts";

interface OpenCount {
  readonly id: number;
  readonly open: number;
}

async function openBy(db: Handle, companyId: number, column: "asset_id" | "rule_id"): Promise<Map<number, number>> {
  const query = db.sql
    .selectFrom("findings")
    .select(({ fn, ref }) => [ref(column).as("id"), fn.countAll<number>().as("open")])
    .where("company_id", "=", companyId)
    .where("is_open", "=", true)
    .groupBy(column);
  const rows = (await fetchAll(db, query)) as unknown as OpenCount[];
  return new Map(rows.map(({ id, open }) => [id, open]));
}

async function worstByAsset(db: Handle, companyId: number): Promise<Map<number, Severity>> {
  const query = db.sql
    .selectFrom("findings")
    .select(["asset_id", "severity"])
    .distinct()
    .where("company_id", "=", companyId)
    .where("is_open", "=", true);
  const worst = new Map<number, Severity>();
  for (const { assetId, severity } of await fetchAll(db, query)) {
    const known = worst.get(assetId);
    if (known === undefined || severities.indexOf(severity) < severities.indexOf(known)) worst.set(assetId, severity);
  }
  return worst;
}

async function expectAlike(db: Handle, companyId: number): Promise<void> {
  const kept = db.sql
    .selectFrom("finding_counts")
    .select(["source", "severity", "status", "exploited", "findings"])
    .where("company_id", "=", companyId)
    .orderBy("source")
    .orderBy("severity")
    .orderBy("status")
    .orderBy("exploited");
  const counted = db.sql
    .selectFrom("findings")
    .select(({ fn }) => [
      "source",
      "severity",
      "status",
      "known_exploited as exploited",
      fn.countAll<number>().as("findings"),
    ])
    .where("company_id", "=", companyId)
    .groupBy(["source", "severity", "status", "known_exploited"])
    .orderBy("source")
    .orderBy("severity")
    .orderBy("status")
    .orderBy("known_exploited");
  expect(await fetchAll(db, kept)).toEqual(await fetchAll(db, counted, { exploited: "boolean" }));
}

/** Expects that what is counted of a company's findings is what can be counted now. */
export async function expectTrueCounts(db: Handle, companyId: number): Promise<void> {
  await expectAlike(db, companyId);
  const [ofAssets, ofRules, worst] = [
    await openBy(db, companyId, "asset_id"),
    await openBy(db, companyId, "rule_id"),
    await worstByAsset(db, companyId),
  ];
  const assets = db.sql.selectFrom("assets").select(["id", "open_findings", "worst_severity"]);
  for (const { id, ...kept } of await fetchAll(db, assets.where("company_id", "=", companyId))) {
    expect(kept).toEqual({ openFindings: ofAssets.get(id) ?? 0, worstSeverity: worst.get(id) ?? null });
  }
  const rules = db.sql.selectFrom("finding_rules").select(["id", "open_findings"]);
  for (const { id, openFindings } of await fetchAll(db, rules.where("company_id", "=", companyId))) {
    expect(openFindings).toBe(ofRules.get(id) ?? 0);
  }
}
