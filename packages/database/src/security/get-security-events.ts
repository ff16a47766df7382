import { z } from "zod";
import { listing } from "../operation/listing.ts";
import { securityEvents } from "../schema/security.ts";
import type { VisibleRowOf } from "../schema/tables.ts";
import { eventTypeField, severities } from "../schema/event-rules.ts";
import { oneOf, recordId } from "../validation/input.ts";

/** A security event as lists return it. */
export type SecurityEvent = VisibleRowOf<"security_events">;

/**
 * Lists security events, newest first, of the last 24 hours unless told.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items, nextCursor } = await getSecurityEvents(db, { severity: "high", hours: 48, limit: 20 });
 */
export const getSecurityEvents = listing({
  summary: "List security events, of the last 24 hours unless told",
  permission: "security:read",
  table: securityEvents,
  order: ["createdAt", "id"],
  newestFirst: true,
  filters: {
    equal: {
      userId: recordId(),
      eventType: eventTypeField,
      severity: oneOf(severities),
      acknowledged: z.boolean(),
    },
    time: { column: "createdAt", defaultHours: 24 },
    metadata: "metadataJson",
  },
  mayLag: true,
});
