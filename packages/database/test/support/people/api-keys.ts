import type { Insertable } from "kysely";
import type { Handle } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import type { Schema } from "../../../src/schema/tables.ts";
import { uniqueWord } from "./accounts.ts";

/**
 * Inserts API keys of a user, which nobody knows.
 * @param values columns by their names in SQL; the rest is filled in
 */
export async function insertTestKeys(
  db: Handle,
  userId: number,
  count: number,
  values: Partial<Insertable<Schema["api_keys"]>> = {},
): Promise<void> {
  const row = () => ({
    user_id: userId,
    key_hash: uniqueWord(),
    key_prefix: "nrv_test",
    name: "Inserted",
    created_at: db.clock.now(),
    ...values,
  });
  await runQuery(db, db.sql.insertInto("api_keys").values(Array.from({ length: count }, row)));
}
