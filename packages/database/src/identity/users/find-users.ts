import { requireWithin } from "../../access/require-within.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { listing } from "../../operation/listing.ts";
import { reading } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { userRoles, users, userStatuses } from "../../schema/core.ts";
import { normalizeEmail } from "../../validation/index.ts";
import { oneOf, parseInput, recordId, text } from "../../validation/input.ts";
import { withLockEnd, withLockEnds } from "../../security/lock-length.ts";
import { hasEmail } from "../account/has-email.ts";
import { findUserRow, type User, userColumns } from "../account/user.ts";

const userId = recordId();

/**
 * Finds a user by the id.
 *
 * @param db the database, or an open transaction
 * @param id id of the user
 * @returns the user without secrets; null when there is none, or it is deleted
 * @throws {ValidationError} INVALID_INPUT when `id` is no id
 * @example
 * const user = await getUser(db, 1);
 */
export async function getUser(db: Handle, id: number): Promise<User | null> {
  const user = await findUserRow(db, parseInput(userId, id, { field: "id" }));
  return user?.deletedAt === null ? withLockEnd(db, user) : null;
}

const findByEmail = statement((sql, p: { email: string }) =>
  sql.selectFrom("users").select(userColumns).where(hasEmail(p.email)).where("deleted_at", "is", null),
);

/**
 * Finds a user by the e-mail address, whatever its case.
 *
 * @param db the database, or an open transaction
 * @param email an address
 * @returns the user without secrets; null when nobody has the address, or the user is deleted
 * @throws {ValidationError} INVALID_INPUT when `email` is no line of text
 * @example
 * const user = await findUserByEmail(db, "Ada@Example.org");
 */
export async function findUserByEmail(db: Handle, email: string): Promise<User | null> {
  const given = parseInput(text({ max: 255 }), email, { field: "email" });
  return withLockEnd(db, await findByEmail.first(db, { email: normalizeEmail(given) }));
}

/**
 * Lists users, newest first: `search` is text that the e-mail address, the full name or the username holds, literally, A to Z
 * whatever their case.
 *
 * @returns a page of users without secrets
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await listUsers(db, { role: "analyst", search: "ada" });
 */
export const listUsers = listing({
  summary: "List users",
  permission: "user:read",
  table: users,
  order: ["id"],
  newestFirst: true,
  filters: {
    equal: { role: oneOf(userRoles), status: oneOf(userStatuses) },
    search: ["email", "fullName", "username"],
  },
  showsDeleted: true,
  shown: withLockEnds,
});

/**
 * Finds a user who has to be there; `getUser` for one who may not be.
 *
 * @returns the user without secrets
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createUser(db, { email: "f@example.org", password: "moon river dance seven", role: "user" });
 * const user = await requireUser(db, { id });
 */
export const requireUser = reading({
  summary: "Get a user",
  permission: "user:read",
  input: { id: recordId() },
  output: rowOf(users),
  run: async (db, { id }, caller) => withLockEnd(db, await requireWithin(db, users, id, caller)),
});

const count = statement((sql) =>
  sql
    .selectFrom("users")
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .where("deleted_at", "is", null),
);

/**
 * Counts the users that are not deleted.
 *
 * @param db the database, or an open transaction
 * @returns how many there are, suspended and locked ones included
 * @example
 * await countUsers(db);
 */
export async function countUsers(db: Handle): Promise<number> {
  return (await count.first(db, {}))?.total ?? 0;
}
