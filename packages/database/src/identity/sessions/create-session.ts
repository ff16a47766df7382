import { z } from "zod";
import { after, hour } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput, recordId, text } from "../../validation/input.ts";
import { originFields } from "../account/origin.ts";
import { requireGoodStanding } from "../account/require-good-standing.ts";
import { isLiveSession } from "./live-session.ts";
import { expiresInHoursField, sessionLimits } from "./session-limits.ts";
import { makeSessionTokens, type NewSession, type SessionTokens } from "./session-tokens.ts";

/** The device that a session begins on, and how long it lasts, as fields of an input. */
export const newSessionFields = {
  ...originFields,
  deviceType: text({ min: 1, max: 20 }).default("web"),
  deviceName: text({ max: 255 }).optional(),
  expiresInHours: expiresInHoursField,
};

const sessionInput = z.strictObject({ userId: recordId(), ...newSessionFields, knownDeviceId: recordId().optional() });

/** What `createSession` takes. */
export type SessionRequest = z.input<typeof sessionInput>;

const recordLogin = statement((sql, p: { userId: number; ipAddress: string; now: Date }) =>
  sql
    .updateTable("users")
    .set({ last_login_at: p.now, last_login_ip: p.ipAddress, updated_at: p.now })
    .where("id", "=", p.userId),
);

type SessionRow = Omit<z.output<typeof sessionInput>, "expiresInHours"> &
  SessionTokens & { now: Date; expiresAt: Date };

const insertSession = statement((sql, p: SessionRow) =>
  sql
    .insertInto("sessions")
    .values({
      user_id: p.userId,
      token: p.tokenDigest,
      refresh_token: p.refreshDigest,
      refresh_family: p.familyDigest,
      ip_address: p.ipAddress,
      user_agent: p.userAgent,
      device_type: p.deviceType,
      device_name: p.deviceName,
      created_at: p.now,
      last_activity: p.now,
      authenticated_at: p.now,
      expires_at: p.expiresAt,
      known_device_id: p.knownDeviceId,
    })
    .returning("id"),
);

const endOldest = statement((sql, p: { userId: number; now: Date; kept: number }) =>
  sql
    .updateTable("sessions")
    .set({ is_active: false, revoked_at: p.now })
    .where("user_id", "=", p.userId)
    .where(isLiveSession(p.now))
    .where("id", "not in", (query) =>
      query
        .selectFrom("sessions")
        .select("id")
        .where("user_id", "=", p.userId)
        .where(isLiveSession(p.now))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(p.kept),
    ),
);

/**
 * Begins a session for a user who has proved who they are; `signIn` does both. Records the sign-in on the user. A user
 * has at most 50 live sessions: one more ends the oldest, with a `session_revoked` event.
 *
 * @param db the database, or an open transaction
 * @param request `userId` and `ipAddress`; `userAgent`; `deviceType` (up to 20 characters, default `web`);
 *   `deviceName`; `expiresInHours` (one minute to 90 days, default 24); `knownDeviceId` where the device is known
 * @returns the tokens, which are stored as digests only and cannot be had again
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it was deleted
 * @throws {PermissionError} PERMISSION_DENIED when the user may not sign in: locked, suspended, not verified, ended
 * @see OWASP ASVS 5.0, 7.2.3, 7.2.4
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { token } = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7", deviceName: "Laptop" });
 */
export async function createSession(db: Handle, request: SessionRequest): Promise<NewSession> {
  const { expiresInHours, ...device } = parseInput(sessionInput, request);
  const { userId, ipAddress } = device;
  return transaction(db, async (tx) => {
    const now = tx.clock.now();
    // Locks the user's row, so that sessions that begin side by side are counted one by one.
    await requireGoodStanding(tx, userId);
    await recordLogin.run(tx, { userId, ipAddress, now });

    const tokens = makeSessionTokens();
    const expiresAt = after(now, expiresInHours * hour);
    const inserted = await insertSession.first(tx, { ...device, ...tokens, now, expiresAt });
    await endSessionsBeyondLimit(tx, userId);
    return {
      sessionId: (inserted as { id: number }).id,
      token: tokens.token,
      refreshToken: tokens.refreshToken,
      expiresAt,
    };
  });
}

async function endSessionsBeyondLimit(tx: Handle, userId: number): Promise<void> {
  const ended = await endOldest.run(tx, { userId, now: tx.clock.now(), kept: sessionLimits.perUser });
  if (ended === 0) return;
  await logSecurityEvent(tx, {
    eventType: "session_revoked",
    severity: "info",
    description: `The oldest sessions were ended: a user has at most ${sessionLimits.perUser}.`,
    userId,
    metadata: { sessions: ended },
  });
}
