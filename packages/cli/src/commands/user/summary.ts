import type { User } from "@nerve/database";
import { requireUser } from "../../find-records.ts";
import type { Given } from "../../offer.ts";

/** The user's id, by the address, where a command is about a user. */
export const byEmail: Given = {
  as: "<email>",
  about: "the address that the user signs in with",
  find: async (db, email) => (await requireUser(db, email)).id,
};

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
