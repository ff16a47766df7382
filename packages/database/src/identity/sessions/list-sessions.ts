import { z } from "zod";
import { before, minute } from "../../database/durations.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { isLiveSession } from "./live-session.ts";
import { idleMinutesField } from "./session-limits.ts";

const listInput = z.strictObject({ ...pageFields, idleTimeoutMinutes: idleMinutesField });
const newestFirst = pageOrder("sessions", ["created_at", "id"], "desc");

type LiveSessions = PageParameters & { userId: number; now: Date; idleSince: Date };

const listLive = shapedStatement((sql, p: LiveSessions) =>
  newestFirst.apply(
    sql
      .selectFrom("sessions")
      .select(columnsOf("sessions", ["user_id", "is_active", "revoked_at"]))
      .where("user_id", "=", p.userId)
      .where(isLiveSession(p.now))
      .where("last_activity", ">", p.idleSince),
    p,
  ),
);

/** A live session as its user sees it: the device, never the tokens. */
export type SessionSummary = Omit<VisibleRowOf<"sessions">, "userId" | "isActive" | "revokedAt">;

/**
 * Lists the live sessions of a user, newest first.
 *
 * @param db the database, or an open transaction
 * @param userId whose sessions
 * @param options `limit` (1 to 1000, default 100) and `cursor`; `idleTimeoutMinutes` (default 8 hours)
 * @returns a page of sessions, without their tokens
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 7.5.2
 * @example
 * const { items } = await listUserSessions(db, 1, { limit: 20 });
 * items.map(({ deviceName, lastActivity }) => [deviceName, lastActivity]);
 */
export async function listUserSessions(
  db: Handle,
  userId: number,
  options: z.input<typeof listInput> = {},
): Promise<Page<SessionSummary>> {
  const user = parseInput(recordId(), userId, { field: "userId" });
  const { limit, cursor, idleTimeoutMinutes } = parseInput(listInput, options);
  const now = db.clock.now();
  const filters = { userId: user, now, idleSince: before(now, idleTimeoutMinutes * minute) };
  return fetchPage(db, { list: listLive, order: newestFirst, filters, limit, cursor });
}
