import { z } from "zod";
import { actorField } from "../audit/actor.ts";
import { logAudit } from "../audit/log-audit.ts";
import type { Handle } from "../database/handle.ts";
import { shapedStatement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { NotFoundError } from "../errors/index.ts";
import { usersOfCompany } from "../scope/users-of-company.ts";
import { parseInput, recordId } from "../validation/input.ts";
import { type SecurityEvent, securityEventColumns } from "./get-security-events.ts";

const acknowledgeInput = z.strictObject({ actor: actorField, companyId: recordId().optional() });

/** Who acknowledges, and whose events they may. */
export type AcknowledgeOptions = z.input<typeof acknowledgeInput>;

interface EventInScope {
  id: number;
  companyId?: number | undefined;
}

const acknowledge = shapedStatement((sql, event: EventInScope & { actorId: number | null; now: Date }) => {
  const update = sql
    .updateTable("security_events")
    .set({ acknowledged: true, acknowledged_by: event.actorId, acknowledged_at: event.now })
    .where("id", "=", event.id)
    .where("acknowledged", "=", false);
  const { companyId } = event;
  const scoped = companyId === undefined ? update : update.where("user_id", "in", usersOfCompany(sql, companyId));
  return scoped.returning(securityEventColumns);
});

const findEvent = shapedStatement((sql, { id, companyId }: EventInScope) => {
  const find = sql.selectFrom("security_events").select(securityEventColumns).where("id", "=", id);
  return companyId === undefined ? find : find.where("user_id", "in", usersOfCompany(sql, companyId));
});

/**
 * Marks a security event as seen. Who saw it first stays; acknowledging it again changes nothing.
 *
 * @param db the database, or an open transaction
 * @param id the event
 * @param options `actor`, who saw it, and `companyId` to allow events of that company's users only
 * @returns the event as it is now
 * @throws {NotFoundError} NOT_FOUND when there is no such event, or it is none of the company's
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const event = { eventType: "scan_failed", severity: "low", description: "The nightly scan failed." } as const;
 * const { id } = await logSecurityEvent(db, event);
 * const { acknowledged } = await acknowledgeSecurityEvent(db, id); // true
 */
export async function acknowledgeSecurityEvent(
  db: Handle,
  id: number,
  options: AcknowledgeOptions = {},
): Promise<SecurityEvent> {
  const eventId = parseInput(recordId(), id, { field: "id" });
  const { actor, companyId } = parseInput(acknowledgeInput, options);
  return transaction(db, async (tx) => {
    const scope = { id: eventId, companyId };
    const acknowledged = await acknowledge.first(tx, { ...scope, actorId: actor.userId, now: tx.clock.now() });
    if (acknowledged === null) {
      const known = await findEvent.first(tx, scope);
      if (known === null) throw new NotFoundError();
      return known;
    }
    const action = "security_event_acknowledged";
    await logAudit(tx, { action, resourceType: "security_events", resourceId: eventId, actor });
    return acknowledged;
  });
}
