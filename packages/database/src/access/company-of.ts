import { type Expression, expressionBuilder } from "kysely";
import type { Schema } from "../schema/tables.ts";

/**
 * The company that a record belongs to which is made now: the one that is named, else the present one of its user. Null where
 * there is neither.
 *
 * @param userId the user, as a parameter of the statement
 * @param companyId the company, as a parameter of the statement, where the caller may name it
 */
export function companyOf(userId: number | null | undefined, companyId?: number | null): Expression<number | null> {
  const eb = expressionBuilder<Schema, "users">();
  const ofUser = eb
    .selectFrom("users")
    .select("users.company_id")
    .where("users.id", "=", userId as number);
  const found = companyId === undefined ? ofUser : eb.fn.coalesce(eb.val(companyId), ofUser);
  return found as unknown as Expression<number | null>;
}
