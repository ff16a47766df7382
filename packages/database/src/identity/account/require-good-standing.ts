import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { NotFoundError, PermissionError } from "../../errors/index.ts";
import { inGoodStanding } from "./good-standing.ts";

const lockUser = statement(
  (sql, p: { id: number; now: Date }) =>
    sql
      .selectFrom("users")
      .select(inGoodStanding(p.now).as("may_act"))
      .where("id", "=", p.id)
      .where("deleted_at", "is", null)
      .forNoKeyUpdate(),
  { may_act: "boolean" },
);

/**
 * Makes sure that a user may act, and locks their row: nobody suspends or deletes them until the transaction ends.
 *
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it was deleted
 * @throws {PermissionError} PERMISSION_DENIED when the user may not act
 */
export async function requireGoodStanding(tx: Transaction, userId: number): Promise<void> {
  const user = await lockUser.first(tx, { id: userId, now: tx.clock.now() });
  if (user === null) throw new NotFoundError();
  if (user.mayAct !== true) throw new PermissionError({ message: "This account may not sign in." });
}
