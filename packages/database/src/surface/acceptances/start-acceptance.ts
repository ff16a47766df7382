import type { Caller } from "../../access/caller.ts";
import { after, day } from "../../database/durations.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchFirst, statement } from "../../database/statement.ts";
import { NotFoundError, QuotaError, ValidationError } from "../../errors/index.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { severities, type Severity } from "../../schema/surface/assets.ts";
import { riskAcceptances } from "../../schema/surface/findings.ts";
import { date, oneOf, recordId, text } from "../../validation/input.ts";

/** Acceptances of a company that are live: those that have ended lock nobody out. */
const mostAcceptances = 10_000;

/** Why a decision was made. */
export const reasonField = text({ min: 1, max: 1000, multiline: true });

/** What an acceptance is made of, as fields of an input. */
export const acceptanceFields = {
  ownerUserId: recordId().meta({ description: "Who answers for the risk, a user of the company." }).optional(),
  maxSeverity: oneOf(severities).meta({ description: "A finding that grows worse than this opens again." }).optional(),
  compensation: text({ min: 1, max: 4000, multiline: true })
    .meta({ description: "What makes up for the risk." })
    .optional(),
};

/** The time at which an acceptance ends, as a field of an input. */
export const untilField = date().meta({
  description: "When the acceptance ends, by which the findings are open again.",
});

/** A risk that is taken on. */
export interface NewAcceptance {
  readonly companyId: number;
  readonly reason: string;
  readonly compensation: string | null;
  readonly ownerUserId: number | null;
  /** Undefined: the worst of what is accepted. */
  readonly maxSeverity: Severity | undefined;
  readonly until: Date;
}

const userOfCompany = statement((sql, p: { id: number; companyId: number }) =>
  sql
    .selectFrom("users")
    .select("id")
    .where("id", "=", p.id)
    .where("company_id", "=", p.companyId)
    .where("deleted_at", "is", null),
);

/**
 * Writes down that a risk is accepted. The caller holds the company's findings.
 *
 * @param accepted the findings whose risk it is
 * @returns the id of the acceptance
 * @throws {ValidationError} INVALID_INPUT for a time that is over or too far away, and for a severity below what is accepted
 * @throws {NotFoundError} NOT_FOUND when the owner is no user of the company
 * @throws {QuotaError} QUOTA_EXCEEDED when the company has 10,000 live acceptances
 */
export async function startAcceptance(
  tx: Transaction,
  { until, ...acceptance }: NewAcceptance,
  { accepted, caller }: { accepted: readonly { readonly severity: Severity }[]; caller: Caller },
): Promise<number> {
  const { companyId, ownerUserId } = acceptance;
  requireTerm(tx, until);
  const worst = severities.find((one) => accepted.some(({ severity }) => severity === one)) ?? "info";
  const maxSeverity = acceptance.maxSeverity ?? worst;
  if (severities.indexOf(worst) < severities.indexOf(maxSeverity)) {
    throw new ValidationError([{ field: "maxSeverity", message: `must be at least ${worst}, as a finding is today` }]);
  }
  await requireOwner(tx, companyId, ownerUserId, caller);
  const decidedByUserId = caller.actor.userId;
  const { id } = await insertRow(tx, riskAcceptances, {
    ...acceptance,
    maxSeverity,
    decidedByUserId,
    expiresAt: until,
  });
  await requireFewLive(tx, companyId);
  return id;
}

async function requireFewLive(tx: Transaction, companyId: number): Promise<void> {
  const query = tx.sql
    .selectFrom("risk_acceptances")
    .select("id")
    .where("company_id", "=", companyId)
    .where("ended_at", "is", null)
    .where("expires_at", ">", tx.clock.now());
  if ((await fetchFirst(tx, query.limit(1).offset(mostAcceptances))) === null) return;
  throw new QuotaError({
    message: `The company would have more than ${mostAcceptances} accepted risks at once.`,
    help: "Revoke what is no longer needed, or accept the risk of several findings together.",
  });
}

function requireTerm({ clock, surfacePolicy }: Transaction, until: Date): void {
  const { longestAcceptanceDays: days } = surfacePolicy;
  const now = clock.now();
  const fault =
    until <= now
      ? "must be in the future"
      : until > after(now, days * day)
        ? `must be at most ${days} days from now`
        : undefined;
  if (fault !== undefined) throw new ValidationError([{ field: "until", message: fault }]);
}

/** Whoever decides may answer for it, and any user of the company. */
async function requireOwner(
  tx: Transaction,
  companyId: number,
  ownerUserId: number | null,
  { actor }: Caller,
): Promise<void> {
  if (ownerUserId === null || ownerUserId === actor.userId) return;
  if ((await userOfCompany.first(tx, { id: ownerUserId, companyId })) !== null) return;
  throw new NotFoundError({ message: "There is no such user in the company." });
}
