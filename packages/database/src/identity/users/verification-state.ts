import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";

const findOpen = statement((sql, p: { userId: number }) =>
  sql
    .selectFrom("users")
    .select("id")
    .where("id", "=", p.userId)
    .where("email_verified", "=", false)
    .where("email_verification_token", "is not", null),
);

/** Whether somebody asked for the e-mail address of a user to be verified, and it has not been; even if too late now. */
export async function hasOpenVerification(db: Handle, userId: number): Promise<boolean> {
  return (await findOpen.first(db, { userId })) !== null;
}
