import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";

/** What is kept of a user up to a number, and by which time the newest of it are told. */
interface Kept {
  readonly known_devices: "last_used_at";
  readonly password_history: "created_at";
  readonly password_reset_links: "expires_at";
}

/** Makes what forgets the rows of a user beyond the newest few. Of two of one time, the one that was made last is newer. */
export function forgetBeyond<Table extends keyof Kept>(table: Table, time: Kept[Table]) {
  const forget = statement((sql, p: { userId: number; kept: number }) =>
    sql
      .deleteFrom(table as "known_devices")
      .where("user_id", "=", p.userId)
      .where("id", "not in", (query) =>
        query
          .selectFrom(table as "known_devices")
          .select("id")
          .where("user_id", "=", p.userId)
          .orderBy(time as "last_used_at", "desc")
          .orderBy("id", "desc")
          .limit(p.kept),
      ),
  );
  return async (tx: Transaction, userId: number, kept: number): Promise<void> => {
    await forget.run(tx, { userId, kept });
  };
}
