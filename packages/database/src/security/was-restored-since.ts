import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";

/** A restore that lies ahead was dated by a clock that was wrong. */
const findRestore = statement((sql, p: { since: Date; now: Date }) =>
  sql
    .selectFrom("security_events")
    .select("id")
    .where("event_type", "=", "database_restored")
    .where("created_at", ">=", p.since)
    .where("created_at", "<=", p.now)
    .limit(1),
);

/** Whether a backup took the database's place at or after a time: what was promised before then holds no longer. */
export async function wasRestoredSince(db: Handle, since: Date): Promise<boolean> {
  return (await findRestore.first(db, { since, now: db.clock.now() })) !== null;
}
