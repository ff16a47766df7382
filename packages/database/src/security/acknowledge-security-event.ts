import { requireWithin } from "../access/require-within.ts";
import { columnsOf } from "../database/columns.ts";
import { statement } from "../database/statement.ts";
import { changed, unchanged } from "../operation/changed.ts";
import { changing } from "../operation/operation.ts";
import { rowOf } from "../rows/row-of.ts";
import { securityEvents } from "../schema/security.ts";
import { recordId } from "../validation/input.ts";

const acknowledge = statement((sql, p: { id: number; actorId: number | null; now: Date }) =>
  sql
    .updateTable("security_events")
    .set({ acknowledged: true, acknowledged_by: p.actorId, acknowledged_at: p.now })
    .where("id", "=", p.id)
    .where("acknowledged", "=", false)
    .returning(columnsOf("security_events")),
);

/**
 * Marks a security event as seen. Who saw it first stays; acknowledging it again changes nothing.
 *
 * @returns the event as it is now
 * @throws {NotFoundError} NOT_FOUND when there is no such event within reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const event = { eventType: "scan_failed", severity: "low", description: "The nightly scan failed." } as const;
 * const { id } = await logSecurityEvent(db, event);
 * const { acknowledged } = await acknowledgeSecurityEvent(db, { id }); // true
 */
export const acknowledgeSecurityEvent = changing({
  summary: "Acknowledge a security event",
  permission: "security:write",
  input: { id: recordId() },
  output: rowOf(securityEvents),
  async run(tx, { id }, caller) {
    const event = await requireWithin(tx, securityEvents, id, caller, { locks: true });
    const seen = await acknowledge.first(tx, { id, actorId: caller.actor.userId, now: tx.clock.now() });
    if (seen === null) return unchanged(event);
    return changed(seen, { action: "security_event_acknowledged", on: securityEvents, id });
  },
});
