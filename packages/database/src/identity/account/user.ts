import { columnsOf } from "../../database/columns.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";

export const userColumns = columnsOf("users");

/** An account, without its secrets. */
export type User = VisibleRowOf<"users">;

/** Takes the user out of a wider row. Written out, because every request does it, and a rest pattern takes many times as long. */
export function userOf(row: User): User {
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    fullName: row.fullName,
    role: row.role,
    companyId: row.companyId,
    status: row.status,
    emailVerified: row.emailVerified,
    emailVerifiedAt: row.emailVerifiedAt,
    twoFactorEnabled: row.twoFactorEnabled,
    failedLoginAttempts: row.failedLoginAttempts,
    lockedUntil: row.lockedUntil,
    passwordResetExpires: row.passwordResetExpires,
    lastPasswordChange: row.lastPasswordChange,
    mustChangePassword: row.mustChangePassword,
    phoneNumber: row.phoneNumber,
    timezone: row.timezone,
    language: row.language,
    subscriptionTier: row.subscriptionTier,
    subscriptionStatus: row.subscriptionStatus,
    stripeCustomerId: row.stripeCustomerId,
    stripeSubscriptionId: row.stripeSubscriptionId,
    expiresAt: row.expiresAt,
    emailNotifications: row.emailNotifications,
    securityAlerts: row.securityAlerts,
    marketingEmails: row.marketingEmails,
    theme: row.theme,
    lastLoginAt: row.lastLoginAt,
    lastLoginIp: row.lastLoginIp,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    isActive: row.isActive,
    emailVerificationExpires: row.emailVerificationExpires,
    signInRefusedUntil: row.signInRefusedUntil,
    pendingEmail: row.pendingEmail,
    companySince: row.companySince,
    suspendedBy: row.suspendedBy,
  };
}

const findById = statement((sql, p: { id: number }) =>
  sql.selectFrom("users").select(userColumns).where("id", "=", p.id),
);

const lock = statement((sql, p: { id: number }) =>
  sql.selectFrom("users").select(userColumns).where("id", "=", p.id).forNoKeyUpdate(),
);

/** Finds a user; soft-deleted ones as well. */
export function findUserRow(db: Handle, id: number): Promise<User | null> {
  return findById.first(db, { id });
}

/**
 * Locks a user until the transaction ends; soft-deleted ones as well. Whoever locks users and companies locks the user
 * first.
 * @throws {NotFoundError} NOT_FOUND
 */
export async function lockUser(tx: Transaction, id: number): Promise<User> {
  const user = await lock.first(tx, { id });
  if (user === null) throw new NotFoundError();
  return user;
}

/**
 * Locks a user that is not deleted.
 * @throws {NotFoundError} NOT_FOUND
 */
export async function lockLiveUser(tx: Transaction, id: number): Promise<User> {
  const user = await lockUser(tx, id);
  if (user.deletedAt !== null) throw new NotFoundError();
  return user;
}
