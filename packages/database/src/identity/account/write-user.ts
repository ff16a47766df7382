import type { Transaction } from "../../database/handle.ts";
import { changeRow } from "../../rows/change-row.ts";
import { users } from "../../schema/core.ts";
import type { RowChanges } from "../../schema/kit/index.ts";
import type { User } from "./user.ts";

/**
 * Writes fields of a user that is locked.
 * @param fields by their property names; undefined ones stay
 * @returns the user as it is now
 */
export function writeUser(tx: Transaction, id: number, fields: RowChanges<typeof users>): Promise<User> {
  return changeRow(tx, users, id, fields);
}
