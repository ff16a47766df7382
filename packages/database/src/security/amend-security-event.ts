import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { eventTypeField } from "../schema/event-rules.ts";
import { parseInput, recordId } from "../validation/input.ts";
import { eventFields } from "./log-security-event.ts";

const amendmentInput = z.strictObject({
  id: recordId(),
  eventType: eventTypeField,
  createdAt: z.date(),
  ...eventFields,
});

/** What `amendSecurityEvent` takes. */
export type SecurityEventAmendment = z.input<typeof amendmentInput>;

const amend = statement((sql, p: z.output<typeof amendmentInput>) =>
  sql
    .updateTable("security_events")
    .set({ severity: p.severity, description: p.description, metadata_json: json(p.metadata) })
    .where("id", "=", p.id)
    .where("event_type", "=", p.eventType)
    .where("created_at", "=", p.createdAt)
    .where("acknowledged", "=", false),
);

/**
 * Amends an event that goes on, such as one that counts: it stays one event instead of becoming many. What somebody has
 * acknowledged is not touched, so that what comes after gets an event of its own.
 *
 * @param db the database, or an open transaction
 * @param amendment `id`, `createdAt` and `eventType` of the event (after a restore another one may have its id), and what it tells
 *   now: `severity`, `description`, `metadata`
 * @returns whether it was amended; false when it is acknowledged, or gone
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const event = { eventType: "scan_failed", severity: "low", description: "The nightly scan failed." } as const;
 * const logged = await logSecurityEvent(db, event);
 * await amendSecurityEvent(db, { ...event, ...logged, description: "The nightly scan failed 2 times." }); // true
 */
export async function amendSecurityEvent(db: Handle, amendment: SecurityEventAmendment): Promise<boolean> {
  return (await amend.run(db, parseInput(amendmentInput, amendment))) === 1;
}
