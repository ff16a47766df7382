import { verifyPassword } from "../../cryptography/index.ts";
import type { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { NotFoundError, ValidationError } from "../../errors/index.ts";
import { boundedInteger } from "../../validation/input.ts";
import { hashAcceptedPassword } from "./accepted-password.ts";
import { passwordDemandsField, passwordField } from "../account/user-fields.ts";

/** A new password and what it must meet, as fields of an input. */
export const newPasswordFields = {
  newPassword: passwordField,
  passwordDemands: passwordDemandsField,
  /** Former passwords that may not come back, besides the present one. */
  historyLength: boundedInteger({ min: 0, max: 24 }).default(5),
};

type NewPassword = z.output<z.ZodObject<typeof newPasswordFields>>;

const findOwner = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("users")
    .leftJoin("companies", "companies.id", "users.company_id")
    .select(["users.password_hash", "users.email", "users.full_name", "users.username"])
    .select(["companies.name", "companies.primary_domain"])
    .where("users.id", "=", p.id)
    .where("users.deleted_at", "is", null),
);

const findFormer = statement((sql, p: { userId: number; rows: number }) =>
  sql
    .selectFrom("password_history")
    .select("password_hash")
    .where("user_id", "=", p.userId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(p.rows),
);

/**
 * Hashes the password that somebody wants next, if it is good, and neither the present nor one of the last ones. Slow on
 * purpose: it stands outside transactions.
 *
 * @throws {ValidationError} INVALID_INPUT for `newPassword`
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 */
export async function hashNewPassword(db: Handle, userId: number, wish: NewPassword): Promise<string> {
  const owner = await findOwner.first(db, { id: userId });
  if (owner === null) throw new NotFoundError();
  const { passwordHash, email, fullName, username, name, primaryDomain } = owner;
  const { newPassword: password, passwordDemands: demands, historyLength } = wish;
  const contextWords = [email, fullName, username, name, primaryDomain];
  const hash = await hashAcceptedPassword(db, { password, demands, contextWords, field: "newPassword" });

  const former = historyLength === 0 ? [] : await findFormer.all(db, { userId, rows: historyLength });
  for (const known of [passwordHash, ...former.map((row) => row.passwordHash)]) {
    if (await verifyPassword(password, known)) {
      throw new ValidationError([{ field: "newPassword", message: "must not be one of your last passwords" }]);
    }
  }
  return hash;
}
