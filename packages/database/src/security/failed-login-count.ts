import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { NotFoundError } from "../errors/index.ts";
import { parseInput, recordId } from "../validation/input.ts";

interface UserAt {
  userId: number;
  now: Date;
}

const increment = statement((sql, { userId, now }: UserAt) =>
  sql
    .updateTable("users")
    .set((eb) => ({ failed_login_attempts: eb("failed_login_attempts", "+", 1), updated_at: now }))
    .where("id", "=", userId)
    .where("deleted_at", "is", null)
    .returning("failed_login_attempts"),
);

const reset = statement((sql, { userId, now }: UserAt) =>
  sql
    .updateTable("users")
    .set({ failed_login_attempts: 0, updated_at: now })
    .where("id", "=", userId)
    .where("deleted_at", "is", null)
    .returning("id"),
);

/**
 * Adds one to the failed sign-ins of a user; exact however many happen at once.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @returns the new count
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ValidationError} INVALID_INPUT when `userId` is no id
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await incrementFailedLoginCount(db, id); // 1
 */
export async function incrementFailedLoginCount(db: Handle, userId: number): Promise<number> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const row = await increment.first(db, { userId: id, now: db.clock.now() });
  if (row === null) throw new NotFoundError();
  return row.failedLoginAttempts;
}

/**
 * Sets the failed sign-ins of a user to zero. A lock stays; `unlockUserAccount` lifts it.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ValidationError} INVALID_INPUT when `userId` is no id
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await resetFailedLoginCount(db, id);
 */
export async function resetFailedLoginCount(db: Handle, userId: number): Promise<void> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const row = await reset.first(db, { userId: id, now: db.clock.now() });
  if (row === null) throw new NotFoundError();
}
