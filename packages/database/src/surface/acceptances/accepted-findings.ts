import type { Transaction } from "../../database/handle.ts";
import { fetchAll, statement } from "../../database/statement.ts";
import type { FindingStatus } from "../../schema/surface/finding-words.ts";
import { statedColumns, type StatedFinding, type StatusChange } from "../changes/change-statuses.ts";
import { whenAcceptanceEnds } from "../deciding/transitions.ts";
import { inKeyLists } from "../importing/key-lists.ts";

const accepted: FindingStatus = "accepted";

/** The findings that are accepted under an acceptance. */
export const acceptedUnder = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("findings")
    .select(statedColumns)
    .where("findings.risk_acceptance_id", "=", p.id)
    .where("findings.status", "=", accepted),
);

/** Some findings of a company that are accepted though their acceptances are over. */
export const acceptedNoMore = statement((sql, p: { companyId: number; now: Date; rows: number }) =>
  sql
    .selectFrom("risk_acceptances")
    .innerJoin("findings", "findings.risk_acceptance_id", "risk_acceptances.id")
    .select(statedColumns)
    .where("risk_acceptances.company_id", "=", p.companyId)
    .where((where) =>
      where.or([where("risk_acceptances.ended_at", "is not", null), where("risk_acceptances.expires_at", "<=", p.now)]),
    )
    .where("findings.status", "=", accepted)
    .limit(p.rows),
);

/** What the end of their acceptance makes of findings: open again, but where somebody ignores their asset meanwhile. */
export async function whenTheirAcceptanceEnds(
  tx: Transaction,
  findings: readonly StatedFinding[],
): Promise<StatusChange[]> {
  const ignored = await findIgnored(tx, new Set(findings.map(({ assetId }) => assetId)));
  return findings.flatMap((finding): StatusChange[] => {
    const to = whenAcceptanceEnds(finding.status);
    return to === null ? [] : [{ finding, to: ignored.has(finding.assetId) ? "out_of_scope" : to }];
  });
}

async function findIgnored(tx: Transaction, assetIds: Iterable<number>): Promise<Set<number>> {
  const ignored = new Set<number>();
  for (const some of inKeyLists(assetIds)) {
    const query = tx.sql.selectFrom("assets").select("id").where("status", "=", "ignored").where("id", "in", some);
    for (const { id } of await fetchAll(tx, query)) ignored.add(id);
  }
  return ignored;
}
