import { z } from "zod";
import { columnsOf } from "../database/columns.ts";
import type { Handle } from "../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../database/page.ts";
import { shapedStatement } from "../database/statement.ts";
import { usersOfCompany } from "../scope/users-of-company.ts";
import type { RowOf } from "../schema/tables.ts";
import { ipAddress, parseInput, recordId } from "../validation/input.ts";
import { loggedEmail } from "./logged-text.ts";
import { timeRange, timeRangeFields } from "./time-range.ts";

/** An attempt to sign in as lists return it. */
export type LoginAttempt = RowOf<"login_attempts">;

const listInput = z.strictObject({
  email: loggedEmail().optional(),
  userId: recordId().optional(),
  ipAddress: ipAddress().optional(),
  success: z.boolean().optional(),
  companyId: recordId().optional(),
  ...timeRangeFields,
  ...pageFields,
});

const failedByIpInput = z.strictObject({ hours: timeRangeFields.hours, ...pageFields });

/** What `getLoginAttempts` selects. */
export type LoginAttemptFilter = z.input<typeof listInput>;

interface Filters extends PageParameters {
  since: Date;
  until?: Date | undefined;
  email?: string | undefined;
  userId?: number | undefined;
  ipAddress?: string | undefined;
  success?: boolean | undefined;
  companyId?: number | undefined;
}

const columns = columnsOf("login_attempts");
const newestFirst = pageOrder("login_attempts", ["attempted_at", "id"], "desc");
const defaultHours = 24;

const listLoginAttempts = shapedStatement((sql, filters: Filters) => {
  const { email, userId, ipAddress: address, success, companyId, since, until } = filters;
  let query = sql.selectFrom("login_attempts").select(columns).where("attempted_at", ">=", since);
  if (until !== undefined) query = query.where("attempted_at", "<", until);
  if (email !== undefined) query = query.where("email", "=", email);
  if (userId !== undefined) query = query.where("user_id", "=", userId);
  if (address !== undefined) query = query.where("ip_address", "=", address);
  if (success !== undefined) query = query.where("success", "=", success);
  if (companyId !== undefined) query = query.where("user_id", "in", usersOfCompany(sql, companyId));
  return newestFirst.apply(query, filters);
});

/**
 * Lists attempts to sign in, newest first.
 *
 * @param db the database, or an open transaction
 * @param filter `email` (whatever its case), `userId`, `ipAddress`, `success`, `companyId` (attempts of that company's
 *   users only), `since` (included) and `until` (excluded) or `hours` before now or `until` (1 to 87600, default 24),
 *   `limit` (1 to 1000, default 100) and `cursor`
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getLoginAttempts(db, { success: false, hours: 1 });
 */
export async function getLoginAttempts(db: Handle, filter: LoginAttemptFilter = {}): Promise<Page<LoginAttempt>> {
  const { limit, cursor, since, until, hours, ...equal } = parseInput(listInput, filter);
  const range = timeRange({ since, until, hours }, { now: db.clock.now(), defaultHours });
  return fetchPage(db, { list: listLoginAttempts, order: newestFirst, filters: { ...equal, ...range }, limit, cursor });
}

/**
 * Lists the failed attempts to sign in from an IP address, newest first.
 *
 * @param db the database, or an open transaction
 * @param address the IP address, IPv4 or IPv6
 * @param options `hours` before now (1 to 87600, default 24), `limit` (1 to 1000, default 100) and `cursor`
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getFailedLoginsByIp(db, "192.0.2.7", { hours: 1 });
 */
export async function getFailedLoginsByIp(
  db: Handle,
  address: string,
  options: z.input<typeof failedByIpInput> = {},
): Promise<Page<LoginAttempt>> {
  return getLoginAttempts(db, { ...parseInput(failedByIpInput, options), ipAddress: address, success: false });
}
