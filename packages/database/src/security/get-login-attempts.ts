import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { type Page, pageFields } from "../database/page.ts";
import { timeRangeFields } from "../database/time-range.ts";
import { listing } from "../operation/listing.ts";
import { loginAttempts } from "../schema/core.ts";
import type { VisibleRowOf } from "../schema/tables.ts";
import { ipAddress, parseInput, recordId } from "../validation/input.ts";
import { loggedEmail } from "./logged-text.ts";

/** An attempt to sign in as lists return it. */
export type LoginAttempt = VisibleRowOf<"login_attempts">;

/**
 * Lists attempts to sign in, newest first, of the last 24 hours unless told. An `email` is found whatever its case.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getLoginAttempts(db, { success: false, hours: 1 });
 */
export const getLoginAttempts = listing({
  summary: "List attempts to sign in, of the last 24 hours unless told",
  permission: "security:read",
  table: loginAttempts,
  order: ["attemptedAt", "id"],
  newestFirst: true,
  filters: {
    equal: { userId: recordId(), email: loggedEmail(), ipAddress: ipAddress(), success: z.boolean() },
    time: { column: "attemptedAt", defaultHours: 24 },
  },
  mayLag: true,
});

const failedByIpInput = z.strictObject({ hours: timeRangeFields.hours, ...pageFields });

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
