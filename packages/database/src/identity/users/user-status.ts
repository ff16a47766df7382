import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { forgetFailures } from "../../security/forget-failures.ts";
import { recordId, text } from "../../validation/input.ts";
import { higherRole, rankOf } from "../account/roles.ts";
import { requireSuspenderRank, suspenderOf } from "../account/suspender.ts";
import { writeUser } from "../account/write-user.ts";
import { endAccess } from "./end-access.ts";
import { lockManagedUser } from "./managed-user.ts";
import { requireOtherSuperAdministrator } from "./super-administrators.ts";

/**
 * Suspends a user: nobody can sign in to the account until it is reinstated. All sessions end and all API keys are
 * revoked; they do not come back. A user who is suspended already stays so, from then on by the highest role that did it
 * (`suspendedBy`). The program itself, and so the command line, counts as a super administrator.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} LAST_ADMINISTRATOR when no other super administrator could act
 * @example
 * const { id } = await createUser(db, { email: "s@example.org", password: "moon river dance seven", role: "user" });
 * await suspendUser(db, { id, reason: "Left the company" });
 */
export const suspendUser = changing({
  summary: "Suspend a user: sessions end, API keys are revoked",
  permission: "user:write",
  input: {
    id: recordId(),
    reason: text({ min: 1, max: 500 }).optional().meta({ description: "Why, for the audit log." }),
  },
  output: rowOf(users),
  async run(tx, { id, reason: description }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    const suspender = suspenderOf(user);
    const suspendedBy = higherRole(rankOf(caller), suspender);
    if (suspendedBy === suspender) return unchanged(user);
    await requireOtherSuperAdministrator(tx, user);
    const suspended = await writeUser(tx, id, { status: "suspended", suspendedBy });
    const ended = await endAccess(tx, id, caller.actor);
    const metadata = { from: user.status, suspendedBy, ...ended };
    return changed(suspended, { action: "user_suspended", on: users, id, description, metadata });
  },
});

/**
 * Reinstates a suspended user, with a clean record of failed sign-ins and without any lock. One whose e-mail address nobody
 * ever confirmed waits for that, whichever links there are or were. A user who is not suspended stays as it is. It takes the rank
 * of whoever suspended the user (`suspendedBy`).
 *
 * @returns the user as it is now
 * @throws {PermissionError} PERMISSION_DENIED for whom somebody of a higher role suspended
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @example
 * const { id } = await createUser(db, { email: "r@example.org", password: "moon river dance seven", role: "user" });
 * await suspendUser(db, { id });
 * await reinstateUser(db, { id });
 */
export const reinstateUser = changing({
  summary: "Reinstate a suspended user",
  permission: "user:write",
  fresh: true,
  input: { id: recordId() },
  output: rowOf(users),
  async run(tx, { id }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    const suspender = suspenderOf(user);
    if (suspender === null && user.isActive) return unchanged(user);
    if (suspender !== null) requireSuspenderRank(caller, suspender);
    const status = user.emailVerified ? "active" : "pending_verification";
    const reinstated = await writeUser(tx, id, {
      status,
      suspendedBy: null,
      isActive: true,
      failedLoginAttempts: 0,
      lockedUntil: null,
      signInRefusedUntil: null,
    });
    await forgetFailures(tx, user);
    const metadata = { from: user.status, to: status };
    return changed(reinstated, { action: "user_reinstated", on: users, id, metadata });
  },
});
