import type { Actor } from "../../access/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { type User, userColumns } from "../account/user.ts";

type UserFields = Pick<
  User,
  | "email"
  | "role"
  | "companyId"
  | "expiresAt"
  | "fullName"
  | "username"
  | "phoneNumber"
  | "timezone"
  | "language"
  | "status"
  | "emailVerified"
  | "mustChangePassword"
> & { passwordHash: string };

/**
 * Inserts a user, with the audit row of it.
 * @param actorFor who makes it, given the id of the new user
 */
export async function insertUser(
  tx: Transaction,
  fields: UserFields,
  actorFor: (userId: number) => Actor,
): Promise<User> {
  const now = tx.clock.now();
  const insert = tx.sql
    .insertInto("users")
    .values({
      email: fields.email,
      password_hash: fields.passwordHash,
      role: fields.role,
      company_id: fields.companyId,
      expires_at: fields.expiresAt,
      full_name: fields.fullName,
      username: fields.username,
      phone_number: fields.phoneNumber,
      timezone: fields.timezone,
      language: fields.language,
      status: fields.status,
      email_verified: fields.emailVerified,
      email_verified_at: fields.emailVerified ? now : null,
      must_change_password: fields.mustChangePassword,
      last_password_change: now,
      created_at: now,
      updated_at: now,
    })
    .returning(userColumns);
  const user = (await fetchFirst(tx, insert)) as User;
  await logAudit(tx, {
    action: "user_created",
    resourceType: "users",
    resourceId: user.id,
    metadata: { role: user.role, companyId: user.companyId },
    actor: actorFor(user.id),
  });
  return user;
}
