import { z } from "zod";
import { type ActorOption, actorField, actorOption } from "../../access/actor.ts";
import { type Actor, logAudit } from "../../audit/index.ts";
import { digestToken } from "../../cryptography/index.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { endOneSession, isNotEnded } from "./live-session.ts";

const chosenSession = z.strictObject({ sessionId: recordId(), userId: recordId().optional() });
const revokeAllOptions = z.strictObject({ exceptToken: z.string().optional(), actor: actorField });

/** The session to end: by its token, or by its id and, for a user's own sessions, whose it must be. */
export type SessionChoice = string | z.input<typeof chosenSession>;

const findByToken = statement((sql, p: { digest: string }) =>
  sql.selectFrom("sessions").select(["id", "user_id"]).where("token", "=", p.digest),
);

const findById = shapedStatement((sql, p: { sessionId: number; userId?: number | undefined }) => {
  const byId = sql.selectFrom("sessions").select(["id", "user_id"]).where("id", "=", p.sessionId);
  return p.userId === undefined ? byId : byId.where("user_id", "=", p.userId);
});

const endAll = shapedStatement((sql, p: { userId: number; now: Date; exceptDigest?: string | undefined }) => {
  const all = sql
    .updateTable("sessions")
    .set({ is_active: false, revoked_at: p.now })
    .where("user_id", "=", p.userId)
    .where(isNotEnded());
  return p.exceptDigest === undefined ? all : all.where("token", "!=", p.exceptDigest);
});

/**
 * Ends a session at once. Ending it again changes nothing: the first `revokedAt` stays, and there is one
 * `session_revoked` event and one audit row.
 *
 * @param db the database, or an open transaction
 * @param session its token, or `{ sessionId, userId }`: with `userId`, a session of somebody else is left alone
 * @param options `actor`: who ends it, default the system
 * @returns true when there is such a session, which now is ended; false when there is none
 * @throws {ValidationError} INVALID_INPUT with the field at fault; 0 is no user's id
 * @see OWASP ASVS 5.0, 7.4.1
 * @example
 * const ended = await revokeSession(db, { sessionId: 7, userId: 1 });
 * ended === false; // true: user 1 has no such session
 */
export async function revokeSession(db: Handle, session: SessionChoice, options: ActorOption = {}): Promise<boolean> {
  const { actor } = parseInput(actorOption, options);
  const find = typeof session === "string" ? tokenFinder(session) : idFinder(session);
  return transaction(db, async (tx) => {
    const found = await find(tx);
    if (found === null) return false;
    const isEnded = await endOneSession(tx, found.id);
    if (isEnded) await recordEnd(tx, { userId: found.userId, sessionId: found.id, sessions: 1, actor });
    return true;
  });
}

function tokenFinder(token: string) {
  const digest = digestToken(token);
  return (tx: Transaction) => findByToken.first(tx, { digest });
}

function idFinder(choice: z.input<typeof chosenSession>) {
  const chosen = parseInput(chosenSession, choice);
  return (tx: Transaction) => findById.first(tx, chosen);
}

/**
 * Ends all sessions of a user, in one statement, with one `session_revoked` event and one audit row.
 *
 * @param db the database, or an open transaction
 * @param userId whose sessions
 * @param options `exceptToken`: token of the session that goes on; `actor`: who ends them, default the system
 * @returns how many were ended
 * @throws {ValidationError} INVALID_INPUT with the field at fault; 0 is no user's id
 * @see OWASP ASVS 5.0, 7.4.3, 7.4.5
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await createSession(db, { userId: user.id, ipAddress: "192.0.2.7" });
 * await revokeAllUserSessions(db, user.id); // 1
 */
export async function revokeAllUserSessions(
  db: Handle,
  userId: number,
  options: { exceptToken?: string | undefined; actor?: Actor | undefined } = {},
): Promise<number> {
  const user = parseInput(recordId(), userId, { field: "userId" });
  const { exceptToken, actor } = parseInput(revokeAllOptions, options);
  const exceptDigest = exceptToken === undefined ? undefined : digestToken(exceptToken);
  return transaction(db, async (tx) => {
    const sessions = await endAll.run(tx, { userId: user, now: tx.clock.now(), exceptDigest });
    if (sessions > 0) await recordEnd(tx, { userId: user, sessions, actor });
    return sessions;
  });
}

interface SessionEnd {
  readonly userId: number;
  readonly sessionId?: number;
  readonly sessions: number;
  readonly actor: Actor;
}

async function recordEnd(tx: Transaction, { userId, sessionId, sessions, actor }: SessionEnd): Promise<void> {
  const description = sessionId === undefined ? "All sessions of a user were ended." : "A session was ended.";
  const metadata = sessionId === undefined ? { sessions } : { sessionId };
  const { ipAddress, userAgent } = actor;
  await logSecurityEvent(tx, {
    eventType: "session_revoked",
    severity: "info",
    description,
    userId,
    ipAddress,
    userAgent,
    metadata,
  });
  await logAudit(tx, {
    action: sessionId === undefined ? "sessions_revoked" : "session_revoked",
    resourceType: sessionId === undefined ? "users" : "sessions",
    resourceId: sessionId ?? userId,
    description,
    metadata,
    ownerId: userId,
    actor,
  });
}
