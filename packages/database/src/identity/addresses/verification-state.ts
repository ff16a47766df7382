import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";

const findOpen = statement((sql, p: { userId: number }) =>
  sql
    .selectFrom("users")
    .select("id")
    .where("id", "=", p.userId)
    .where("email_verified", "=", false)
    .where((user) =>
      user.or([
        user("email_verification_token", "is not", null),
        user.and([
          user("last_login_at", "is", null),
          user.exists((query) =>
            query
              .selectFrom("password_reset_links")
              .select("password_reset_links.id")
              .whereRef("password_reset_links.user_id", "=", "users.id"),
          ),
        ]),
      ]),
    ),
);

/**
 * Whether a link was made with which a user would have verified the e-mail address, and it has not been; even if too late now. One
 * to set a password does so too, for somebody who was invited and has never signed in.
 */
export async function hasOpenVerification(db: Handle, userId: number): Promise<boolean> {
  return (await findOpen.first(db, { userId })) !== null;
}
