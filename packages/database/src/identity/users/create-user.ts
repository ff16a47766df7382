import { z } from "zod";
import { actorField } from "../../access/actor.ts";
import { systemCaller } from "../../access/caller.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { oneOf, parseInput } from "../../validation/input.ts";
import { hashAcceptedPassword } from "../passwords/accepted-password.ts";
import { requireAccountEnd } from "../account/account-end.ts";
import { rankOf } from "../account/roles.ts";
import { getCompany } from "../companies/find-companies.ts";
import { insertUser } from "./insert-user.ts";
import { requireSeat } from "../companies/seats.ts";
import type { User } from "../account/user.ts";
import { newUserFields, passwordDemandsField, passwordField } from "../account/user-fields.ts";

const createInput = z.strictObject({
  ...newUserFields,
  status: oneOf(["active", "pending_verification", "suspended"]).default("active"),
  emailVerified: z.boolean().default(false),
  mustChangePassword: z.boolean().default(false),
  password: passwordField,
  passwordDemands: passwordDemandsField,
  actor: actorField,
});

/** What a user is made from. */
export type NewUser = z.input<typeof createInput>;

/**
 * Makes a user.
 *
 * Hashing the password takes a while, on purpose: within a transaction every other writer would wait for it, so call
 * this outside of one where you can.
 *
 * @param db the database, or an open transaction
 * @param options `email` (unique whatever its case, deleted users counted), `password` (must meet the policy), `role`,
 *   `companyId` (takes a seat unless the role is `demo`), `expiresAt` (when the account ends; required for `demo`),
 *   `fullName`, `username`, `phoneNumber`, `timezone` (default `UTC`), `language` (default `en`), `status` (`active` by
 *   default, `pending_verification` or `suspended`), `emailVerified` and `mustChangePassword` (default false),
 *   `passwordDemands` (`minLength`, `isBreached` of the password policy), `actor` (default the system)
 * @returns the user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT with the field `email` or `username` that somebody has; SEATS_EXHAUSTED;
 *   REFERENCE_VIOLATION when the company does not exist
 * @throws {QuotaError} QUOTA_EXCEEDED when the company has too many demonstrations and deleted users
 * @example
 * const user = await createUser(db, { email: "grace@example.org", password: "moon river dance seven", role: "analyst" });
 */
export async function createUser(db: Handle, options: NewUser): Promise<User> {
  const { password, passwordDemands, actor, ...fields } = parseInput(createInput, options);
  requireAccountEnd(fields.role, fields.expiresAt, db.clock.now());
  const company = fields.companyId === null ? null : await getCompany(db, fields.companyId);
  const passwordHash = await hashAcceptedPassword(db, {
    password,
    demands: passwordDemands,
    contextWords: [fields.email, fields.fullName, fields.username, company?.name, company?.primaryDomain],
  });
  return transaction(db, async (tx) => {
    if (fields.companyId !== null) await requireSeat(tx, fields.companyId, fields.role);
    const suspendedBy = fields.status === "suspended" ? rankOf(systemCaller) : null;
    return insertUser(tx, { ...fields, suspendedBy, passwordHash }, () => actor);
  });
}
