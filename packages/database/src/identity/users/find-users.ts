import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import { userRoles, userStatuses } from "../../schema/core.ts";
import { normalizeEmail } from "../../validation/index.ts";
import { oneOf, parseInput, recordId, text } from "../../validation/input.ts";
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
  return user?.deletedAt === null ? user : null;
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
  return findByEmail.first(db, { email: normalizeEmail(given) });
}

const filterFields = {
  companyId: recordId().optional(),
  role: oneOf(userRoles).optional(),
  status: oneOf(userStatuses).optional(),
  search: text({ min: 1, max: 255 }).optional(),
};
const listInput = z.strictObject({ ...filterFields, includeDeleted: z.boolean().default(false), ...pageFields });

/** Which users are wanted. */
export type UserQuery = z.input<typeof listInput>;
type Filters = z.output<z.ZodObject<typeof filterFields>> & { live?: true };

const newestFirst = pageOrder("users", ["id"], "desc");

const list = shapedStatement((sql, p: Filters & PageParameters, dialect) => {
  const { search } = p;
  let query = sql.selectFrom("users").select(userColumns);
  if (p.live !== undefined) query = query.where("deleted_at", "is", null);
  if (p.companyId !== undefined) query = query.where("company_id", "=", p.companyId);
  if (p.role !== undefined) query = query.where("role", "=", p.role);
  if (p.status !== undefined) query = query.where("status", "=", p.status);
  if (search !== undefined) {
    query = query.where((eb) =>
      eb.or((["email", "full_name", "username"] as const).map((name) => dialect.containsText(eb.ref(name), search))),
    );
  }
  return newestFirst.apply(query, p);
});

/**
 * Lists users, newest first.
 *
 * @param db the database, or an open transaction
 * @param options filters that all have to hold: `companyId`, `role`, `status`, `search` (text that the e-mail address,
 *   the full name or the username holds, literally, A to Z whatever their case); `includeDeleted` (default false),
 *   `limit` (1 to 1000, default 100) and `cursor`
 * @returns a page of users without secrets
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await listUsers(db, { role: "analyst", search: "ada" });
 */
export async function listUsers(db: Handle, options: UserQuery = {}): Promise<Page<User>> {
  const { limit, cursor, includeDeleted, ...filters } = parseInput(listInput, options);
  const wanted = includeDeleted ? filters : { ...filters, live: true as const };
  return fetchPage(db, { list, order: newestFirst, filters: wanted, limit, cursor });
}

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
