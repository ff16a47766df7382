import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { ConflictError } from "../../errors/index.ts";
import { parseInput } from "../../validation/input.ts";
import { hashAcceptedPassword } from "../passwords/accepted-password.ts";
import { insertUser } from "./insert-user.ts";
import { originFields } from "../account/origin.ts";
import type { User } from "../account/user.ts";
import { accountFields, passwordDemandsField, passwordField, profileFields } from "../account/user-fields.ts";

const setUpInput = z.strictObject({
  email: accountFields.email,
  password: passwordField,
  passwordDemands: passwordDemandsField,
  fullName: profileFields.fullName.default(null),
  origin: z.strictObject(originFields),
});

const findAnyone = statement((sql) => sql.selectFrom("users").select("id").limit(1));

async function requireNobody(db: Handle): Promise<void> {
  if ((await findAnyone.first(db, {})) !== null) throw new ConflictError("ALREADY_SET_UP");
}

/**
 * Makes the first account, a super administrator with a verified address, while there is no user at all, not even a
 * deleted one. Of several who try at once, one succeeds. Nobody can prove to be entitled to this: whoever calls it has to
 * make sure of that, by a set-up token or a terminal.
 *
 * @param db the database, or an open transaction
 * @param options `email`, `password` (must meet the policy), `passwordDemands` as in `createUser`, `fullName`, `origin`
 *   (`ipAddress`, `userAgent`) for the audit log
 * @returns the user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} ALREADY_SET_UP when there is a user
 * @see OWASP ASVS 5.0, 6.3.2
 * @example
 * const administrator = await createFirstAdministrator(db, {
 *   email: "grace@example.org",
 *   password: "moon river dance seven",
 *   origin: { ipAddress: "192.0.2.7" },
 * });
 */
export async function createFirstAdministrator(db: Handle, options: z.input<typeof setUpInput>): Promise<User> {
  const { email, password, passwordDemands, fullName, origin } = parseInput(setUpInput, options);
  await requireNobody(db);
  const passwordHash = await hashAcceptedPassword(db, {
    password,
    demands: passwordDemands,
    contextWords: [email, fullName],
  });
  return transaction(db, async (tx) => {
    await holdName(tx, "first administrator");
    await requireNobody(tx);
    const fields = {
      email,
      passwordHash,
      fullName,
      role: "super_admin",
      status: "active",
      emailVerified: true,
      mustChangePassword: false,
      companyId: null,
      expiresAt: null,
      username: null,
      phoneNumber: null,
      timezone: "UTC",
      language: "en",
    } as const;
    return insertUser(tx, fields, (userId) => ({ userId, ...origin }));
  });
}
