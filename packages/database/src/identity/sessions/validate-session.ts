import { digestToken, isTokenShaped } from "../../cryptography/index.ts";
import { before, latestPossible, minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { BusyError } from "../../errors/index.ts";
import { parseInput } from "../../validation/input.ts";
import { inGoodStanding } from "../account/good-standing.ts";
import { demandColumns, secondFactorDue } from "../account/second-factor-due.ts";
import { type User, userColumns, userOf } from "../account/user.ts";
import { isLiveSession } from "./live-session.ts";
import { idleMinutesField, sessionLimits } from "./session-limits.ts";

/** A live session and its user, as every request needs them. */
export interface ValidSession {
  readonly sessionId: number;
  readonly userId: number;
  readonly deviceType: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastActivity: Date;
  /** When the user last proved who they are; null for sessions of an older system. */
  readonly authenticatedAt: Date | null;
  /** By when the user has to set up a second factor; null where none is demanded, or there is one. */
  readonly secondFactorDue: Date | null;
  readonly user: User;
}

/** Under names that none of the user's columns has. */
const sessionColumns = [
  "sessions.id as session_id",
  "sessions.device_type",
  "sessions.created_at as session_created_at",
  "sessions.expires_at as session_expires_at",
  "sessions.last_activity",
  "sessions.authenticated_at",
] as const;

const findLive = statement(
  (sql, p: { digest: string; now: Date; idleSince: Date; latest: Date }) =>
    sql
      .selectFrom("sessions")
      .innerJoin("users", "users.id", "sessions.user_id")
      .leftJoin("companies", "companies.id", "users.company_id")
      .select([...sessionColumns, ...demandColumns])
      .select(userColumns.map((name) => `users.${name}` as const))
      .where("sessions.token", "=", p.digest)
      .where(isLiveSession(p.now))
      .where("sessions.last_activity", ">", p.idleSince)
      .where("sessions.last_activity", "<=", p.latest)
      .where(inGoodStanding(p.now)),
  { session_created_at: "datetime", session_expires_at: "datetime" },
);

/** Guarded, so that of several requests at once one writes, and a session that just ended is left alone. */
const recordActivity = statement((sql, p: { id: number; now: Date; writtenBefore: Date }) =>
  sql
    .updateTable("sessions")
    .set({ last_activity: p.now })
    .where("id", "=", p.id)
    .where("last_activity", "<=", p.writtenBefore)
    .where("revoked_at", "is", null),
);

/**
 * Checks the token of a request. One look-up finds the session, its user and what the user's company demands.
 *
 * @param db the database, or an open transaction
 * @param token as the client sent it
 * @param options `updateActivity`: whether this counts as use of the session, default true; written at most once a
 *   minute. `idleTimeoutMinutes`: idleness that ends the session, default 8 hours. `forEnrolment` (default false): whether it
 *   also counts when the user had to set up a second factor and has not; the caller then lets them do that and nothing else
 * @returns the session; null when it is unknown, expired, revoked, idle for too long or used in the future, as a clock that was
 *   ahead leaves it, or its user may not act (locked,
 *   suspended, deleted, ended)
 * @throws {ValidationError} INVALID_INPUT when `idleTimeoutMinutes` is out of bounds
 * @throws {BusyError} BUSY, and connection errors: they never look like a session that does not exist
 * @see OWASP ASVS 5.0, 7.2.1, 7.3, 7.4.2
 * @example
 * const session = await validateSession(db, "a token that nobody has");
 * session === null; // true
 */
export async function validateSession(
  db: Handle,
  token: string,
  {
    updateActivity = true,
    idleTimeoutMinutes,
    forEnrolment = false,
  }: {
    updateActivity?: boolean | undefined;
    idleTimeoutMinutes?: number | undefined;
    forEnrolment?: boolean | undefined;
  } = {},
): Promise<ValidSession | null> {
  if (!isTokenShaped(token)) return null;
  const now = db.clock.now();
  const idleSince = before(now, idleLimit(idleTimeoutMinutes) * minute);
  const row = await findLive.first(db, {
    digest: digestToken(token),
    now,
    idleSince,
    latest: latestPossible(now),
  });
  if (row === null) return null;
  const due = secondFactorDue(db, row);
  if (!forEnrolment && due !== null && due <= now) return null;
  if (updateActivity && now.getTime() - row.lastActivity.getTime() >= sessionLimits.activityIntervalMs) {
    await writeActivity(db, row.sessionId, now);
  }
  return toValidSession(row, due);
}

/** Validates only what differs from the default: this runs at every request. */
function idleLimit(minutes: number | undefined): number {
  if (minutes === undefined || minutes === sessionLimits.idleMinutes) return sessionLimits.idleMinutes;
  return parseInput(idleMinutesField, minutes, { field: "idleTimeoutMinutes" });
}

/** The session is valid whether or not its use can be noted: while another process writes, the next request does it. */
async function writeActivity(db: Handle, id: number, now: Date): Promise<void> {
  const writtenBefore = before(now, sessionLimits.activityIntervalMs);
  try {
    await recordActivity.run(db, { id, now, writtenBefore });
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
  }
}

type LiveRow = NonNullable<Awaited<ReturnType<typeof findLive.first>>>;

function toValidSession(row: LiveRow, due: Date | null): ValidSession {
  return {
    sessionId: row.sessionId,
    userId: row.id,
    deviceType: row.deviceType,
    createdAt: row.sessionCreatedAt,
    expiresAt: row.sessionExpiresAt,
    lastActivity: row.lastActivity,
    authenticatedAt: row.authenticatedAt,
    secondFactorDue: due,
    user: userOf(row),
  };
}
