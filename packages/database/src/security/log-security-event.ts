import { z } from "zod";
import { maxUserAgentLength } from "../access/actor.ts";
import { companyOf } from "../access/company-of.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { eventTypeField } from "../schema/event-rules.ts";
import { ipAddress, jsonValue, oneOf, parseInput, recordId, text } from "../validation/input.ts";
import { type SecurityEventType, severities } from "./event-types.ts";

/** What an event tells, as fields of an input. */
export const eventFields = {
  severity: oneOf(severities),
  description: text({ min: 1, max: 4000, multiline: true }),
  metadata: jsonValue({ maxBytes: 65_536 }).optional(),
};

const eventInput = z.strictObject({
  eventType: eventTypeField,
  ...eventFields,
  userId: recordId().optional(),
  email: text({ max: 255 }).optional(),
  ipAddress: ipAddress().optional(),
  userAgent: text({ max: maxUserAgentLength }).optional(),
  location: text({ max: 255 }).optional(),
  companyId: recordId().optional(),
});

/** What `logSecurityEvent` records. */
export type SecurityEventEntry = Omit<z.input<typeof eventInput>, "eventType"> & {
  eventType: SecurityEventType | (string & {});
};

type EventRow = Omit<z.output<typeof eventInput>, "companyId"> & { companyId: number | null; now: Date };

const insertEvent = statement((sql, event: EventRow) =>
  sql
    .insertInto("security_events")
    .values({
      event_type: event.eventType,
      severity: event.severity,
      user_id: event.userId,
      email: event.email,
      ip_address: event.ipAddress,
      user_agent: event.userAgent,
      location: event.location,
      description: event.description,
      metadata_json: json(event.metadata),
      created_at: event.now,
      company_id: companyOf(event.userId, event.companyId),
    })
    .returning(["id", "created_at"]),
);

/**
 * Logs a security event.
 *
 * @param db the database, or an open transaction
 * @param event `eventType` (one of `securityEventTypes`, or a lower-case word of up to 50 characters), `severity`
 *   (`info`, `low`, `medium`, `high`, `critical`), `description` (up to 4000 characters), and optionally `userId`,
 *   `email`, `ipAddress`, `userAgent`, `location`, `metadata` (JSON up to 64 KiB, without secrets),
 *   `companyId` (whose event it is; default the one whose transaction it is, else the present company of `userId`)
 * @returns the id of the event, and its time
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @example
 * const { id } = await logSecurityEvent(db, {
 *   eventType: "suspicious_activity",
 *   severity: "high",
 *   description: "A token was used from two countries within a minute.",
 *   ipAddress: "192.0.2.7",
 *   metadata: { countries: 2 },
 * });
 */
export async function logSecurityEvent(
  db: Handle,
  event: SecurityEventEntry,
): Promise<{ id: number; createdAt: Date }> {
  const row = parseInput(eventInput, event);
  const companyId = row.companyId ?? db.executor.company;
  const inserted = await insertEvent.first(db, { ...row, companyId, now: db.clock.now() });
  return inserted as { id: number; createdAt: Date };
}
