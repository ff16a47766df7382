import { z } from "zod";
import { type ActorOption, actorField, actorOption } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput, recordId, text } from "../../validation/input.ts";
import { endAccess } from "./end-access.ts";
import { requireOtherSuperAdministrator } from "./super-administrators.ts";
import { lockLiveUser, type User } from "../account/user.ts";
import { hasOpenVerification } from "./verification-state.ts";
import { writeUser } from "../account/write-user.ts";

const suspendInput = z.strictObject({ reason: text({ min: 1, max: 500 }).optional(), actor: actorField });

/** How `suspendUser` suspends. */
export type SuspendOptions = z.input<typeof suspendInput>;

/**
 * Suspends a user: nobody can sign in to the account until it is reinstated. All sessions end and all API keys are
 * revoked; they do not come back. A user who is suspended already stays so.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `reason` for the audit log (up to 500 characters), `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} LAST_ADMINISTRATOR when no other super administrator could act
 * @example
 * const { id } = await createUser(db, { email: "s@example.org", password: "moon river dance seven", role: "user" });
 * await suspendUser(db, id, { reason: "Left the company" });
 */
export async function suspendUser(db: Handle, userId: number, options: SuspendOptions = {}): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { reason, actor } = parseInput(suspendInput, options);
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, id);
    if (user.status === "suspended") return user;
    await requireOtherSuperAdministrator(tx, user);
    const suspended = await writeUser(tx, id, { status: "suspended" });
    const ended = await endAccess(tx, id, actor);
    await logAudit(tx, {
      action: "user_suspended",
      resourceType: "users",
      resourceId: id,
      description: reason,
      metadata: { from: user.status, ...ended },
      actor,
    });
    return suspended;
  });
}

/**
 * Reinstates a suspended user, with a clean record of failed sign-ins and without any lock. One whose e-mail address was
 * still to be verified goes on waiting for that. A user who is not suspended stays as it is.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @example
 * const { id } = await createUser(db, { email: "r@example.org", password: "moon river dance seven", role: "user" });
 * await suspendUser(db, id);
 * await reinstateUser(db, id);
 */
export async function reinstateUser(db: Handle, userId: number, options: ActorOption = {}): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, id);
    if (user.status !== "suspended" && user.isActive) return user;
    const status = (await hasOpenVerification(tx, id)) ? "pending_verification" : "active";
    const reinstated = await writeUser(tx, id, {
      status,
      isActive: true,
      failedLoginAttempts: 0,
      lockedUntil: null,
    });
    await logAudit(tx, {
      action: "user_reinstated",
      resourceType: "users",
      resourceId: id,
      metadata: { from: user.status, to: status },
      actor,
    });
    return reinstated;
  });
}
