import type { Handle } from "../database/handle.ts";
import { amendSecurityEvent } from "./amend-security-event.ts";
import { logSecurityEvent, type SecurityEventEntry } from "./log-security-event.ts";

/** What tells a logged event apart. */
export interface LoggedSecurityEvent {
  readonly id: number;
  readonly createdAt: Date;
}

/**
 * Writes what an event that goes on says now: amends the one that was logged, or logs another, where there is none yet, or it is
 * acknowledged or gone.
 *
 * @param db the database, or an open transaction
 * @param logged what this function returned last; null the first time
 * @param event as for `logSecurityEvent`; of one that was logged, `severity`, `description` and `metadata` are amended
 * @returns the event that it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @example
 * const event = { eventType: "scan_failed", severity: "low" } as const;
 * const logged = await continueSecurityEvent(db, null, { ...event, description: "The nightly scan failed." });
 * await continueSecurityEvent(db, logged, { ...event, description: "The nightly scan failed 2 times." });
 */
export async function continueSecurityEvent(
  db: Handle,
  logged: LoggedSecurityEvent | null,
  event: SecurityEventEntry,
): Promise<LoggedSecurityEvent> {
  const { eventType, severity, description, metadata } = event;
  if (logged !== null && (await amendSecurityEvent(db, { ...logged, eventType, severity, description, metadata }))) {
    return logged;
  }
  return logSecurityEvent(db, event);
}
