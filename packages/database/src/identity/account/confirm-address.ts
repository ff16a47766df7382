import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";

const confirm = statement((sql, p: { id: number; now: Date }) =>
  sql
    .updateTable("users")
    .set((eb) => ({
      email_verified: true,
      email_verified_at: p.now,
      email_verification_token: null,
      email_verification_expires: null,
      status: eb
        .case()
        .when("status", "=", "pending_verification")
        .then("active" as const)
        .else(eb.ref("status"))
        .end(),
      updated_at: p.now,
    }))
    .where("id", "=", p.id)
    .where("email_verified", "=", false),
);

/**
 * Takes the address of a user for confirmed, since they used a link that was sent there, or that an administrator who vouches
 * for them handed over. An account that waited for it becomes active; one that is suspended or locked stays so.
 */
export async function confirmAddress(tx: Transaction, userId: number): Promise<void> {
  await confirm.run(tx, { id: userId, now: tx.clock.now() });
}
