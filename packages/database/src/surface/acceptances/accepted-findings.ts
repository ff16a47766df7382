import { statement } from "../../database/statement.ts";
import type { FindingStatus } from "../../schema/surface/finding-words.ts";
import { statedColumns, type StatedFinding, type StatusChange } from "../changes/change-statuses.ts";
import { whenAcceptanceEnds } from "../deciding/transitions.ts";

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

/** What the end of their acceptance makes of findings. */
export function whenTheirAcceptanceEnds(findings: readonly StatedFinding[]): StatusChange[] {
  return findings.flatMap((finding) => {
    const to = whenAcceptanceEnds(finding.status);
    return to === null ? [] : [{ finding, to }];
  });
}
