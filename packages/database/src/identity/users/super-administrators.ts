import type { Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { statement } from "../../database/statement.ts";
import { ConflictError } from "../../errors/index.ts";
import { inGoodStanding } from "../account/good-standing.ts";
import type { User } from "../account/user.ts";

const findOther = statement((sql, p: { id: number; now: Date }) =>
  sql
    .selectFrom("users")
    .select("id")
    .where("role", "=", "super_admin")
    .where("id", "<>", p.id)
    .where("expires_at", "is", null)
    .where(inGoodStanding(p.now))
    .limit(1),
);

/**
 * Makes sure that a super administrator remains who can act, and whose account does not end, when this user no longer
 * is one. Two at once cannot each rely on the other.
 *
 * @param user the user, locked
 * @throws {ConflictError} LAST_ADMINISTRATOR
 */
export async function requireOtherSuperAdministrator(tx: Transaction, user: User): Promise<void> {
  if (user.role !== "super_admin") return;
  await holdName(tx, "super administrators");
  const other = await findOther.first(tx, { id: user.id, now: tx.clock.now() });
  if (other === null) throw new ConflictError("LAST_ADMINISTRATOR");
}
