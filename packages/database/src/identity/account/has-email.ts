import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Schema } from "../../schema/tables.ts";

/**
 * Whether a user's e-mail address is this one, whatever its case.
 * @param email in its normal form
 */
export function hasEmail(email: string): Expression<SqlBool> {
  const user = expressionBuilder<Schema, "users">();
  return user(user.fn<string>("lower", ["users.email"]), "=", email);
}
