import { sql } from "kysely";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import { riskOf } from "../deciding/risk-of.ts";
import { inKeyLists } from "../importing/key-lists.ts";

/**
 * Computes the risk of all findings of an asset anew. Nothing else of them changes, so that their history does not tell of it.
 *
 * @returns how many have another risk than before
 */
export async function rescoreAsset(tx: Transaction, assetId: number, criticality: number): Promise<number> {
  const query = tx.sql
    .selectFrom("findings")
    .select(["id", "severity", "known_exploited", "epss", "risk"])
    .where("asset_id", "=", assetId);
  const risks = (await fetchAll(tx, query)).flatMap(({ id, severity, knownExploited: exploited, epss, risk: old }) => {
    const risk = riskOf({ severity, exploited, epss, criticality });
    return risk === old ? [] : [[id, risk] as const];
  });
  for (const some of inKeyLists(risks)) {
    const values = some.map(([id, risk]) => sql`(cast(${id} as bigint), cast(${risk} as bigint))`);
    const update = tx.sql
      .updateTable("findings")
      .from(sql<{ column1: number; column2: number }>`(values ${sql.join(values)})`.as("scored"))
      .whereRef("findings.id", "=", "scored.column1")
      .set((set) => ({ risk: set.ref("scored.column2") }));
    await runQuery(tx, update);
  }
  return risks.length;
}
