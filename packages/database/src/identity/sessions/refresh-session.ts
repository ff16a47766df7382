import { z } from "zod";
import { digestToken } from "../../cryptography/index.ts";
import { after, before, clockTolerance, day, hour, minute } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput } from "../../validation/input.ts";
import { ownerInGoodStanding } from "../account/good-standing.ts";
import { originFields } from "../account/origin.ts";
import { expiresInHoursField, idleMinutesField, sessionLimits } from "./session-limits.ts";
import { makeSessionTokens, type NewSession, refreshFamilyOf, type SessionTokens } from "./session-tokens.ts";

const refreshInput = z.strictObject({
  ipAddress: originFields.ipAddress.optional(),
  userAgent: originFields.userAgent,
  expiresInHours: expiresInHoursField,
  idleTimeoutMinutes: idleMinutesField,
});

/** What `refreshSession` takes besides the token. */
export type RefreshOptions = z.input<typeof refreshInput>;

const findByFamily = statement((sql, p: { familyDigest: string }) =>
  sql
    .selectFrom("sessions")
    .select(["id", "user_id", "refresh_token", "ip_address", "user_agent", "created_at", "expires_at"])
    .where("refresh_family", "=", p.familyDigest),
);

type FamilySession = NonNullable<Awaited<ReturnType<typeof findByFamily.first>>>;

interface Rotation extends SessionTokens {
  id: number;
  spentDigest: string;
  ipAddress: string;
  userAgent: string | null;
  now: Date;
  idleSince: Date;
  /** One that was used later was used under a clock that was ahead. */
  latest: Date;
  expiresAt: Date;
}

/** Guarded by the token that it replaces: of two refreshes with one token, one changes a row. */
const rotate = statement((sql, p: Rotation) =>
  sql
    .updateTable("sessions")
    .set({
      token: p.tokenDigest,
      refresh_token: p.refreshDigest,
      ip_address: p.ipAddress,
      user_agent: p.userAgent,
      last_activity: p.now,
      expires_at: p.expiresAt,
    })
    .where("id", "=", p.id)
    .where("refresh_token", "=", p.spentDigest)
    .where("is_active", "=", true)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", p.now)
    .where("last_activity", ">", p.idleSince)
    .where("last_activity", "<=", p.latest)
    .where(ownerInGoodStanding("sessions.user_id", p.now)),
);

const endLive = statement((sql, p: { id: number; now: Date }) =>
  sql
    .updateTable("sessions")
    .set({ is_active: false, revoked_at: p.now })
    .where("id", "=", p.id)
    .where("is_active", "=", true)
    .where("revoked_at", "is", null),
);

/**
 * Replaces both tokens of a session, and moves its end forward: by `expiresInHours`, though never beyond 30 days after
 * sign-in. The session must still be live: one that expired or was idle for too long is not revived.
 *
 * A refresh token works once. A second use means that two parties have it, and nobody can tell which of them is the
 * thief: the session ends, and a `suspicious_activity` event says so. That includes a client that refreshes twice at
 * once with one token, so a client must not.
 *
 * @param db the database, or an open transaction
 * @param refreshToken as the client sent it
 * @param options `ipAddress` and `userAgent` of the request, kept on the session; `expiresInHours` (default 24);
 *   `idleTimeoutMinutes` (default 8 hours)
 * @returns the new tokens; null when the refresh token is unknown, used before, or its session is no longer live
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see RFC 9700, section 4.14.2; OWASP ASVS 5.0, 7.3.2
 * @example
 * const renewed = await refreshSession(db, "a token that nobody has", { ipAddress: "192.0.2.7" });
 * renewed === null; // true
 */
export async function refreshSession(
  db: Handle,
  refreshToken: string,
  options: RefreshOptions = {},
): Promise<NewSession | null> {
  const request = parseInput(refreshInput, options);
  const family = refreshFamilyOf(refreshToken);
  if (family === null) return null;
  const familyDigest = digestToken(family);
  const spentDigest = digestToken(refreshToken);

  return transaction(db, async (tx) => {
    const session = await findByFamily.first(tx, { familyDigest });
    if (session === null) return null;
    if (session.refreshToken === spentDigest) {
      const tokens = makeSessionTokens(family);
      const rotation = plan(session, request, tx.clock.now());
      const rotated = await rotate.run(tx, { ...rotation, ...tokens, id: session.id, spentDigest });
      if (rotated === 1) {
        const { token, refreshToken: next } = tokens;
        return { sessionId: session.id, token, refreshToken: next, expiresAt: rotation.expiresAt };
      }
      // Either the session is over, or another refresh with the same token was faster.
      const present = await findByFamily.first(tx, { familyDigest });
      if (present === null || present.refreshToken === spentDigest) return null;
    }
    await endStolenSession(tx, session, request);
    return null;
  });
}

type RefreshRequest = z.output<typeof refreshInput>;

function plan(session: FamilySession, request: RefreshRequest, now: Date) {
  const wished = after(now, request.expiresInHours * hour).getTime();
  const latest = after(session.createdAt, sessionLimits.refreshDays * day).getTime();
  return {
    now,
    idleSince: before(now, request.idleTimeoutMinutes * minute),
    latest: after(now, clockTolerance),
    expiresAt: new Date(Math.max(session.expiresAt.getTime(), Math.min(wished, latest))),
    ipAddress: request.ipAddress ?? session.ipAddress,
    userAgent: request.userAgent ?? session.userAgent,
  };
}

async function endStolenSession(tx: Transaction, session: FamilySession, request: RefreshRequest): Promise<void> {
  const ended = await endLive.run(tx, { id: session.id, now: tx.clock.now() });
  if (ended === 0) return;
  await logSecurityEvent(tx, {
    eventType: "suspicious_activity",
    severity: "high",
    description: "A refresh token was used a second time; its session was ended.",
    userId: session.userId,
    ipAddress: request.ipAddress,
    userAgent: request.userAgent,
    metadata: { sessionId: session.id },
  });
}
