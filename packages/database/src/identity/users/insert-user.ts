import type { Actor } from "../../access/actor.ts";
import { logAudit } from "../../operation/log-audit.ts";
import type { Transaction } from "../../database/handle.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { users } from "../../schema/core.ts";
import type { NewRow } from "../../schema/kit/index.ts";
import type { User } from "../account/user.ts";
import { lockCompany } from "../companies/company.ts";
import { requireRoomForAccount } from "../companies/seats.ts";

type UserFields = Pick<
  NewRow<typeof users>,
  | "email"
  | "passwordHash"
  | "role"
  | "companyId"
  | "expiresAt"
  | "fullName"
  | "username"
  | "phoneNumber"
  | "timezone"
  | "language"
  | "status"
  | "suspendedBy"
  | "emailVerified"
  | "mustChangePassword"
>;

/**
 * Inserts a user, with the audit row of it, where the company has room for one more account.
 * @param actorFor who makes it, given the id of the new user
 */
export async function insertUser(
  tx: Transaction,
  fields: UserFields,
  actorFor: (userId: number) => Actor,
): Promise<User> {
  const now = tx.clock.now();
  const user = await insertRow(tx, users, {
    ...fields,
    emailVerifiedAt: fields.emailVerified === true ? now : null,
    lastPasswordChange: now,
  });
  const company = user.companyId === null ? null : await lockCompany(tx, user.companyId);
  if (company !== null) await requireRoomForAccount(tx, company);
  await logAudit(tx, {
    action: "user_created",
    resourceType: "users",
    resourceId: user.id,
    metadata: { role: user.role, companyId: user.companyId },
    ownerId: user.id,
    actor: actorFor(user.id),
  });
  return user;
}
