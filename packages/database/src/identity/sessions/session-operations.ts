import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import { pageFields } from "../../database/page.ts";
import type { Handle } from "../../database/handle.ts";
import { DatabaseError, NotFoundError } from "../../errors/index.ts";
import { unchanged } from "../../operation/changed.ts";
import { changing, reading } from "../../operation/operation.ts";
import { pageOf, rowOf } from "../../rows/index.ts";
import { sessions, users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { requireRank } from "../account/roles.ts";
import { listUserSessions, type SessionSummary } from "./list-sessions.ts";
import { revokeAllUserSessions, revokeSession } from "./revoke-sessions.ts";
import { idleMinutesField } from "./session-limits.ts";

/** A live session in a list. */
export interface ListedSession extends SessionSummary {
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

const userId = recordId().optional().meta({ description: "Whose; one's own unless told." });

const { shape: sessionFields } = rowOf(sessions, ["userId", "isActive", "revokedAt"]) as unknown as z.ZodObject;

const listedSession = z
  .object({ ...sessionFields, current: z.boolean().meta({ description: "Whether it is the one that asks." }) })
  .meta({ id: "ListedSession", description: "A live session." }) as unknown as z.ZodType<ListedSession, ListedSession>;

/**
 * Whose sessions are meant: the caller's own, or those of a user within reach and of no role above the caller's.
 *
 * @throws {NotFoundError} NOT_FOUND
 * @throws {PermissionError} PERMISSION_DENIED
 */
async function requireOwner(db: Handle, wanted: number | undefined, caller: Caller): Promise<number> {
  const own = caller.actor.userId;
  if (wanted === undefined || wanted === own) {
    if (own === null) throw new DatabaseError("UNAUTHENTICATED");
    return own;
  }
  const user = await requireWithin(db, users, wanted, caller);
  requireRank(caller, user.role);
  return user.id;
}

/**
 * Lists the live sessions of a user, newest first; without `userId` the caller's own. The one of `currentId` is `current`.
 *
 * @returns a page of sessions, without their tokens
 * @throws {NotFoundError} NOT_FOUND for a user out of reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 7.5.2
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { items } = await listSessions(db, { userId: user.id });
 */
export const listSessions = reading({
  summary: "List live sessions",
  permission: "session:read",
  input: { userId, idleTimeoutMinutes: idleMinutesField, currentId: recordId().optional(), ...pageFields },
  output: pageOf(listedSession),
  async run(db, { userId: wanted, currentId, ...options }, caller) {
    const { items, nextCursor } = await listUserSessions(db, await requireOwner(db, wanted, caller), options);
    return { items: items.map((session) => ({ ...session, current: session.id === currentId })), nextCursor };
  },
});

/**
 * Ends a session of a user, without `userId` one of the caller's own.
 *
 * @returns how many were ended
 * @throws {NotFoundError} NOT_FOUND when there is no such session of the user, or the user is out of reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { sessionId } = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7" });
 * await endSession(db, { id: sessionId, userId: user.id });
 */
export const endSession = changing({
  summary: "End a session",
  permission: "session:end",
  fresh: true,
  input: { id: recordId(), userId },
  output: z.object({ ended: z.int() }),
  async run(tx, { id, userId: wanted }, caller) {
    const choice = { sessionId: id, userId: await requireOwner(tx, wanted, caller) };
    if (!(await revokeSession(tx, choice, { actor: caller.actor }))) throw new NotFoundError();
    return unchanged({ ended: 1 });
  },
});

/**
 * Ends every session of a user but the one of `exceptToken`; without `userId` the caller's own.
 *
 * @returns how many were ended
 * @throws {NotFoundError} NOT_FOUND for a user out of reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 7.4.3, 7.4.5
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { ended } = await endOtherSessions(db, { userId: user.id });
 */
export const endOtherSessions = changing({
  summary: "End every session but this one",
  permission: "session:end",
  fresh: true,
  input: { userId, exceptToken: z.string().optional() },
  output: z.object({ ended: z.int() }),
  async run(tx, { userId: wanted, exceptToken }, caller) {
    const owner = await requireOwner(tx, wanted, caller);
    return unchanged({ ended: await revokeAllUserSessions(tx, owner, { exceptToken, actor: caller.actor }) });
  },
});
