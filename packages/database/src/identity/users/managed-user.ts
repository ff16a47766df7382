import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import { type Reaching, reachOf, within } from "../../access/within.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { shapedStatement } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import { users } from "../../schema/core.ts";
import { requireRank } from "../account/roles.ts";
import { type User, userColumns } from "../account/user.ts";

function requireManaged(user: User, caller: Caller): User {
  if (user.id !== caller.actor.userId) requireRank(caller, user.role);
  return user;
}

/**
 * Locks a user whom the caller may change: within reach, and of no role above the caller's own.
 *
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {PermissionError} PERMISSION_DENIED
 */
export async function lockManagedUser(tx: Transaction, id: number, caller: Caller): Promise<User> {
  return requireManaged(await requireWithin(tx, users, id, caller, { locks: true }), caller);
}

/**
 * Finds a user whom the caller may change, before a transaction.
 *
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {PermissionError} PERMISSION_DENIED
 */
export async function requireManagedUser(db: Handle, id: number, caller: Caller): Promise<User> {
  return requireManaged(await requireWithin(db, users, id, caller), caller);
}

const lockWithin = shapedStatement((sql, p: Reaching & { id: number }) =>
  sql.selectFrom("users").select(userColumns).where("id", "=", p.id).where(within("users", p)).forNoKeyUpdate(),
);

/** The same for a user who may be deleted. */
export async function lockManagedUserEvenDeleted(tx: Transaction, id: number, caller: Caller): Promise<User> {
  const user = await lockWithin.first(tx, { id, ...reachOf(caller) });
  if (user === null) throw new NotFoundError();
  return requireManaged(user, caller);
}
