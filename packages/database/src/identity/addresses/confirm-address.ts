import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { userColumns, type User } from "../account/user.ts";

/** The link to a new address, where one waits, goes on working. */
const confirm = statement((sql, p: { id: number; now: Date }) =>
  sql
    .updateTable("users")
    .set((eb) => ({
      email_verified: true,
      email_verified_at: p.now,
      email_verification_token: eb
        .case()
        .when("pending_email", "is", null)
        .then(null)
        .else(eb.ref("email_verification_token"))
        .end(),
      email_verification_expires: eb
        .case()
        .when("pending_email", "is", null)
        .then(null)
        .else(eb.ref("email_verification_expires"))
        .end(),
      status: eb
        .case()
        .when("status", "=", "pending_verification")
        .then("active" as const)
        .else(eb.ref("status"))
        .end(),
      updated_at: p.now,
    }))
    .where("id", "=", p.id)
    .where("email_verified", "=", false)
    .returning(userColumns),
);

/**
 * Takes the address of a user for confirmed, since they used a link that was sent there, or that an administrator who vouches
 * for them handed over. An account that waited for it becomes active; one that is suspended or locked stays so.
 *
 * @returns the user as it is now; null when the address was confirmed before
 */
export function confirmAddress(tx: Transaction, userId: number): Promise<User | null> {
  return confirm.first(tx, { id: userId, now: tx.clock.now() });
}
