import type { User } from "@nerve/database";

/** What commands tell of a user. */
export function summarize(user: User) {
  const { id, email, role, status, companyId, fullName, lockedUntil, signInRefusedUntil } = user;
  const { expiresAt, lastLoginAt, createdAt } = user;
  return {
    id,
    email,
    role,
    status,
    companyId,
    fullName,
    lockedUntil,
    signInRefusedUntil,
    expiresAt,
    lastLoginAt,
    createdAt,
  };
}
