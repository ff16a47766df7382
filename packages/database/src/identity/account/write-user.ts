import type { Updateable } from "kysely";
import type { Transaction } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import type { Schema } from "../../schema/tables.ts";
import { type User, userColumns } from "./user.ts";

/**
 * Writes columns of a user that is locked.
 * @param columns by their names in SQL; undefined ones stay
 * @returns the user as it is now
 */
export async function writeUser(tx: Transaction, id: number, columns: Updateable<Schema["users"]>): Promise<User> {
  const update = tx.sql
    .updateTable("users")
    .set({ ...columns, updated_at: tx.clock.now() })
    .where("id", "=", id)
    .returning(userColumns);
  return (await fetchFirst(tx, update)) as User;
}
