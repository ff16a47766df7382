import { z } from "zod";
import { reachOf, within } from "../../access/within.ts";
import { fetchAll } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { recordId } from "../../validation/input.ts";

/** Names that are looked up at once, at most. */
const most = 200;

/**
 * Finds the names of users by their ids, as histories and assignments hold them; of deleted ones too, who stand in histories still.
 *
 * @returns those within reach in the order of their ids: the full name, else the username, else the e-mail address
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "n@example.org", password: "moon river dance seven", role: "user" });
 * const { items } = await getUserNames(db, { ids: [user.id] });
 * items[0]?.name; // "n@example.org"
 */
export const getUserNames = reading({
  summary: "The names of users, by their ids",
  permission: "user:name",
  input: { ids: z.array(recordId()).min(1).max(most) },
  output: z.object({ items: z.array(z.object({ id: z.int(), name: z.string() })) }),
  async run(db, { ids }, caller) {
    const found = await fetchAll(
      db,
      db.sql
        .selectFrom("users")
        .select(["id", "full_name", "username", "email"])
        .where("id", "in", [...new Set(ids)])
        .where(within("users", reachOf(caller)))
        .orderBy("id"),
    );
    return { items: found.map(({ id, fullName, username, email }) => ({ id, name: fullName ?? username ?? email })) };
  },
});
