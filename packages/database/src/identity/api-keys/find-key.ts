import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";

/** Finds a key, that of a user where one is given, whether it is good or not. */
export const findKey = shapedStatement((sql, p: { keyId: number; userId?: number | undefined }) => {
  const byId = sql.selectFrom("api_keys").select(["user_id", "name", "key_prefix"]).where("id", "=", p.keyId);
  return p.userId === undefined ? byId : byId.where("user_id", "=", p.userId);
});

const lock = statement((sql, p: { keyId: number; userId: number }) =>
  sql
    .selectFrom("api_keys")
    .select(columnsOf("api_keys", ["user_id"]))
    .where("id", "=", p.keyId)
    .where("user_id", "=", p.userId)
    .where("is_active", "=", true)
    .where("revoked_at", "is", null)
    .forNoKeyUpdate(),
);

/**
 * Finds a key of a user that was not revoked, and locks its row.
 *
 * @throws {NotFoundError} NOT_FOUND when the user has no such key
 */
export async function lockKey(
  tx: Transaction,
  key: { keyId: number; userId: number },
): Promise<Omit<VisibleRowOf<"api_keys">, "userId">> {
  const found = await lock.first(tx, key);
  if (found === null) throw new NotFoundError();
  return found;
}
