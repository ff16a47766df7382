import { z } from "zod";
import { digestToken, generateSecureToken } from "../../cryptography/index.ts";
import { after, before, day, hour, latestPossible, minute } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput } from "../../validation/input.ts";
import { networkOf } from "../../validation/network.ts";
import { ownerInGoodStanding } from "../account/good-standing.ts";
import { originFields } from "../account/origin.ts";
import { deviceTokenField, findKnownDevice } from "../known-devices/known-device.ts";
import { endOneSession, isLiveSession } from "./live-session.ts";
import { expiresInHoursField, idleMinutesField, sessionLimits } from "./session-limits.ts";
import { followingTokens, type NewSession, refreshFamilyOf, type SessionTokens } from "./session-tokens.ts";

const refreshInput = z.strictObject({
  ipAddress: originFields.ipAddress.optional(),
  userAgent: originFields.userAgent,
  deviceToken: deviceTokenField,
  expiresInHours: expiresInHoursField,
  idleTimeoutMinutes: idleMinutesField,
});

/** What `refreshSession` takes besides the token. */
export type RefreshOptions = z.input<typeof refreshInput>;

const findByFamily = statement((sql, p: { familyDigest: string }) =>
  sql
    .selectFrom("sessions")
    .select(["id", "user_id", "token", "refresh_token", "ip_address", "user_agent", "created_at", "expires_at"])
    .select(["former_refresh_token", "refreshed_at", "refresh_salt", "known_device_id"])
    .where("refresh_family", "=", p.familyDigest),
);

type FamilySession = NonNullable<Awaited<ReturnType<typeof findByFamily.first>>>;

interface Rotation extends SessionTokens {
  id: number;
  spentDigest: string;
  salt: string;
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
      former_refresh_token: p.spentDigest,
      refreshed_at: p.now,
      refresh_salt: p.salt,
      ip_address: p.ipAddress,
      user_agent: p.userAgent,
      last_activity: p.now,
      expires_at: p.expiresAt,
    })
    .where("id", "=", p.id)
    .where("refresh_token", "=", p.spentDigest)
    .where(isLiveSession(p.now))
    .where("last_activity", ">", p.idleSince)
    .where("last_activity", "<=", p.latest)
    .where(ownerInGoodStanding("sessions.user_id", p.now)),
);

const findLive = statement((sql, p: { id: number; tokenDigest: string; now: Date }) =>
  sql
    .selectFrom("sessions")
    .select("id")
    .where("id", "=", p.id)
    .where("token", "=", p.tokenDigest)
    .where(isLiveSession(p.now))
    .where(ownerInGoodStanding("sessions.user_id", p.now)),
);

/**
 * Replaces both tokens of a session, and moves its end forward: by `expiresInHours`, though never beyond 30 days after
 * sign-in. The session must still be live: one that expired or was idle for too long is not revived.
 *
 * A refresh token works once. Within 30 seconds the same client may ask again with it and gets the same answer: the answer may
 * have been lost, or two tabs of one browser ask at once. It is the same client when its user agent is the same, and its network
 * or its known device. Any other second use means that two parties have the token, and nobody can tell which of them is the
 * thief: the session ends, and a `suspicious_activity` event says so.
 *
 * @param db the database, or an open transaction
 * @param refreshToken as the client sent it
 * @param options `ipAddress` and `userAgent` of the request, kept on the session; `deviceToken` of the known device;
 *   `expiresInHours` (default 24); `idleTimeoutMinutes` (default 8 hours)
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
  const spent = { refreshToken, family, digest: digestToken(refreshToken) };

  return transaction(db, async (tx) => {
    const session = await findByFamily.first(tx, { familyDigest });
    if (session === null) return null;
    const rotated = session.refreshToken === spent.digest ? await rotateTokens(tx, session, spent, request) : null;
    if (rotated !== null) return rotated;
    // Either the session is over, or another refresh with the same token was faster, or the token is an old one.
    const present = await findByFamily.first(tx, { familyDigest });
    if (present === null || present.refreshToken === spent.digest) return null;
    const again = await answerAgain(tx, present, spent, request);
    if (again === null) await endStolenSession(tx, present, request);
    return again;
  });
}

/** A refresh token that a client brings. */
interface Spent {
  readonly refreshToken: string;
  readonly family: string;
  readonly digest: string;
}

async function rotateTokens(
  tx: Transaction,
  session: FamilySession,
  spent: Spent,
  request: RefreshRequest,
): Promise<NewSession | null> {
  const salt = generateSecureToken();
  const tokens = followingTokens(spent, salt);
  const rotation = plan(session, request, tx.clock.now());
  const changed = await rotate.run(tx, {
    ...rotation,
    ...tokens,
    id: session.id,
    spentDigest: spent.digest,
    salt,
  });
  return changed === 0 ? null : toNewSession(session.id, tokens, rotation.expiresAt);
}

/** Seconds within which the answer to a refresh can be had again. */
const answeredAgainSeconds = 30;

/** Gives the answer to the last refresh once more, to the client that asked for it; null when it may not have it. */
async function answerAgain(
  tx: Transaction,
  session: FamilySession,
  spent: Spent,
  request: RefreshRequest,
): Promise<NewSession | null> {
  const { id, refreshedAt, refreshSalt, formerRefreshToken, expiresAt } = session;
  if (formerRefreshToken !== spent.digest || refreshedAt === null || refreshSalt === null) return null;
  const now = tx.clock.now();
  const age = now.getTime() - refreshedAt.getTime();
  if (age < 0 || age > answeredAgainSeconds * 1000 || !(await isSameClient(tx, session, request))) return null;
  const tokens = followingTokens(spent, refreshSalt);
  const live = await findLive.first(tx, { id, tokenDigest: tokens.tokenDigest, now });
  return live === null ? null : toNewSession(id, tokens, expiresAt);
}

async function isSameClient(tx: Transaction, session: FamilySession, request: RefreshRequest): Promise<boolean> {
  const { ipAddress, userAgent, deviceToken } = request;
  if ((userAgent ?? null) !== session.userAgent) return false;
  if (ipAddress !== undefined && networkOf(ipAddress) === networkOf(session.ipAddress)) return true;
  const device = await findKnownDevice(tx, { userId: session.userId, deviceToken });
  return device !== null && device === session.knownDeviceId;
}

function toNewSession(sessionId: number, { token, refreshToken }: SessionTokens, expiresAt: Date): NewSession {
  return { sessionId, token, refreshToken, expiresAt };
}

type RefreshRequest = z.output<typeof refreshInput>;

function plan(session: FamilySession, request: RefreshRequest, now: Date) {
  const wished = after(now, request.expiresInHours * hour).getTime();
  const latest = after(session.createdAt, sessionLimits.refreshDays * day).getTime();
  return {
    now,
    idleSince: before(now, request.idleTimeoutMinutes * minute),
    latest: latestPossible(now),
    expiresAt: new Date(Math.max(session.expiresAt.getTime(), Math.min(wished, latest))),
    ipAddress: request.ipAddress ?? session.ipAddress,
    userAgent: request.userAgent ?? session.userAgent,
  };
}

async function endStolenSession(tx: Transaction, session: FamilySession, request: RefreshRequest): Promise<void> {
  if (!(await endOneSession(tx, session.id))) return;
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
