import { acrossCompanies } from "../database/across-companies.ts";
import { before, day } from "../database/durations.ts";
import type { Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { toLoggedEmail } from "./logged-text.ts";

/** Days that a failed sign-in can count against an address: no lockout looks back further. */
const countedDays = 3;

const forget = statement((sql, p: { email: string; since: Date; now: Date }) =>
  sql
    .updateTable("login_attempts")
    .set({ forgotten_at: p.now })
    .where("email", "=", p.email)
    .where("attempted_at", ">", p.since)
    .where("success", "=", false)
    .where("forgotten_at", "is", null),
);

const endRefusal = statement((sql, p: { userId: number }) =>
  sql
    .updateTable("users")
    .set({ sign_in_refused_until: null })
    .where("id", "=", p.userId)
    .where("sign_in_refused_until", "is not", null),
);

/**
 * Makes the failed sign-ins for an address until now count no longer, whichever company they are recorded for, and ends the
 * refusal that they brought. They stay to be read.
 *
 * @param user `email` as the account has it
 */
export async function forgetFailures(tx: Transaction, { id, email }: { id: number; email: string }): Promise<void> {
  const now = tx.clock.now();
  await acrossCompanies(tx, async (all) => {
    await forget.run(all, { email: toLoggedEmail(email), since: before(now, countedDays * day), now });
    await endRefusal.run(all, { userId: id });
  });
}
