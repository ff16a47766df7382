import { type Expression, expressionBuilder, type ExpressionWrapper, type SqlBool } from "kysely";
import type { Schema } from "../../schema/tables.ts";

/**
 * The rule who may act: a user that is neither deleted nor switched off nor suspended nor waiting for verification, whose
 * lock (if any) has run out, and whose account has not ended. The one home of the rule: sign-in, sessions and API keys
 * all ask it.
 *
 * A lock is over when `locked_until` is past; the status `locked` without an end lasts until someone lifts it.
 *
 * @param now the present time
 * @returns a condition on `users`, for the `where` of a statement or as a column of it
 */
export function inGoodStanding(now: Date): ExpressionWrapper<Schema, "users", SqlBool> {
  const user = expressionBuilder<Schema, "users">();
  return user.and([
    user("users.deleted_at", "is", null),
    user("users.is_active", "=", true),
    user.or([user("users.expires_at", "is", null), user("users.expires_at", ">", now)]),
    user.or([
      user.and([user("users.status", "=", "active"), user("users.locked_until", "is", null)]),
      user.and([user("users.status", "in", ["active", "locked"]), user("users.locked_until", "<=", now)]),
    ]),
  ]);
}

/**
 * The same rule for a row that belongs to a user.
 *
 * @param owner the column that holds the user's id
 * @param now the present time
 */
export function ownerInGoodStanding(owner: "sessions.user_id" | "api_keys.user_id", now: Date): Expression<SqlBool> {
  const row = expressionBuilder<Schema, "sessions" | "api_keys">();
  return row.exists(
    row.selectFrom("users").select("users.id").whereRef("users.id", "=", owner).where(inGoodStanding(now)),
  );
}
