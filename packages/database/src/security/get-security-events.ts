import { z } from "zod";
import { columnsOf } from "../database/columns.ts";
import type { Handle } from "../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../database/page.ts";
import { selectRowsHolding } from "../database/rows-holding.ts";
import { shapedStatement } from "../database/statement.ts";
import { usersOfCompany } from "../identity/account/users-of-company.ts";
import type { RowOf } from "../schema/tables.ts";
import { type JsonMembers, jsonMembers, oneOf, parseInput, recordId } from "../validation/input.ts";
import { severities } from "./event-types.ts";
import { eventTypeField } from "./log-security-event.ts";
import { timeRange, timeRangeFields } from "./time-range.ts";

/** A security event as lists return it. */
export type SecurityEvent = RowOf<"security_events">;

/** What every statement selects that returns security events. */
export const securityEventColumns = columnsOf("security_events");

const listInput = z.strictObject({
  userId: recordId().optional(),
  eventType: eventTypeField.optional(),
  severity: oneOf(severities).optional(),
  acknowledged: z.boolean().optional(),
  companyId: recordId().optional(),
  metadata: jsonMembers().optional(),
  ...timeRangeFields,
  ...pageFields,
});

/** What `getSecurityEvents` selects. */
export type SecurityEventFilter = z.input<typeof listInput>;

interface Filters extends PageParameters {
  since: Date;
  until?: Date | undefined;
  userId?: number | undefined;
  eventType?: string | undefined;
  severity?: string | undefined;
  acknowledged?: boolean | undefined;
  companyId?: number | undefined;
  metadata?: JsonMembers | undefined;
}

const newestFirst = pageOrder("security_events", ["created_at", "id"], "desc");
const defaultHours = 24;
const searched = { table: "security_events", column: "metadata_json" } as const;

const listSecurityEvents = shapedStatement((sql, filters: Filters, dialect) => {
  const { userId, eventType, severity, acknowledged, companyId, since, until, metadata } = filters;
  let query = selectRowsHolding({ builder: sql, dialect }, searched, metadata)
    .select(securityEventColumns)
    .where("created_at", ">=", since);
  if (until !== undefined) query = query.where("created_at", "<", until);
  if (userId !== undefined) query = query.where("user_id", "=", userId);
  if (eventType !== undefined) query = query.where("event_type", "=", eventType);
  if (severity !== undefined) query = query.where("severity", "=", severity);
  if (acknowledged !== undefined) query = query.where("acknowledged", "=", acknowledged);
  if (companyId !== undefined) query = query.where("user_id", "in", usersOfCompany(sql, companyId));
  return newestFirst.apply(query, filters);
});

/**
 * Lists security events, newest first.
 *
 * @param db the database, or an open transaction
 * @param filter `userId`, `eventType`, `severity`, `acknowledged`, `companyId` (events of that company's users only),
 *   `metadata` (up to five members that the event's JSON holds at its top level, such as `{ keyId: 7 }`; 1 is not "1"),
 *   `since` (included) and `until` (excluded) or `hours` before now or `until` (1 to 87600, default 24), `limit` (1 to
 *   1000, default 100) and `cursor`
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items, nextCursor } = await getSecurityEvents(db, { severity: "high", hours: 48, limit: 20 });
 */
export async function getSecurityEvents(db: Handle, filter: SecurityEventFilter = {}): Promise<Page<SecurityEvent>> {
  const { limit, cursor, since, until, hours, ...equal } = parseInput(listInput, filter);
  const range = timeRange({ since, until, hours }, { now: db.clock.now(), defaultHours });
  return fetchPage(db, {
    list: listSecurityEvents,
    order: newestFirst,
    filters: { ...equal, ...range },
    limit,
    cursor,
  });
}
