import { type Actor, type ActorOption, actorOption } from "../../access/actor.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logAudit } from "../../operation/log-audit.ts";
import { riskAcceptances } from "../../schema/surface/findings.ts";
import { parseInput } from "../../validation/input.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { openAcceptedNoMore } from "./open-accepted-no-more.ts";

/** Companies with acceptances whose time is over. */
const companiesToSee = statement((sql, p: { now: Date }) =>
  sql
    .selectFrom("risk_acceptances")
    .select("risk_acceptances.company_id")
    .distinct()
    .where("risk_acceptances.ended_at", "is", null)
    .where("risk_acceptances.expires_at", "<=", p.now),
);

const endLapsed = statement((sql, p: { companyId: number; now: Date }) =>
  sql
    .updateTable("risk_acceptances")
    .set({ ended_at: p.now, end_reason: "expired", updated_at: p.now })
    .where("company_id", "=", p.companyId)
    .where("ended_at", "is", null)
    .where("expires_at", "<=", p.now),
);

/** How many acceptances have ended, and how many findings are open again for it. */
export interface ExpiredAcceptances {
  expired: number;
  opened: number;
}

/**
 * Ends the acceptances whose time is over, of every company: their findings are open again, with their whole time.
 *
 * @param db the database, or an open transaction; outside a transaction other writers get their turn in between
 * @param options `actor`
 * @returns how many acceptances have ended, and how many findings are open again
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { expired, opened } = await expireRiskAcceptances(db);
 */
export async function expireRiskAcceptances(db: Handle, options: ActorOption = {}): Promise<ExpiredAcceptances> {
  const { actor } = parseInput(actorOption, options);
  const total: ExpiredAcceptances = { expired: 0, opened: 0 };
  const companies = await companiesToSee.all(db, { now: db.clock.now() });
  for (const companyId of companies.map((company) => company.companyId as number)) {
    for (let isDone = false; !isDone;) {
      const some = await transaction(db, (tx) => expireSome(tx, companyId, actor), { company: companyId });
      total.expired += some.expired;
      total.opened += some.opened;
      isDone = some.isDone;
    }
  }
  return total;
}

/** Opens so many findings as a change set holds; with the last of them their acceptances have ended. */
async function expireSome(tx: Transaction, companyId: number, actor: Actor) {
  await holdFindings(tx, companyId);
  const { opened, isDone } = await openAcceptedNoMore(tx, { companyId, actor });
  const expired = isDone ? await endLapsed.run(tx, { companyId, now: tx.clock.now() }) : 0;
  if (expired + opened > 0) {
    const resourceType = riskAcceptances.name;
    await logAudit(tx, {
      action: "risk_acceptances_expired",
      resourceType,
      companyId,
      metadata: { expired, opened },
      actor,
    });
  }
  return { expired, opened, isDone };
}
