import { after, isAhead } from "../database/durations.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";

/** An account whose lock has an end, or none. */
interface Locked {
  readonly id: number;
  readonly lockedUntil: Date | null;
}

/** The lock and its event were written at one moment. */
const findBeginning = statement((sql, p: { userId: number; until: Date }) =>
  sql
    .selectFrom("security_events")
    .select("created_at")
    .where("user_id", "=", p.userId)
    .where("event_type", "=", "account_locked")
    .where("created_at", "<", p.until)
    .orderBy("created_at", "desc")
    .limit(1),
);

const setEnd = statement((sql, p: { id: number; lockedUntil: Date; until: Date }) =>
  sql
    .updateTable("users")
    .set({ locked_until: p.until })
    .where("id", "=", p.id)
    .where("locked_until", "=", p.lockedUntil),
);

/**
 * Tells when the lock of an account ends. One that began ahead of the clock was made by a clock that was wrong: it lasts no
 * longer than it was to last, from now on.
 */
export async function findLockEnd(db: Handle, { id, lockedUntil }: Locked): Promise<Date | null> {
  const now = db.clock.now();
  if (lockedUntil === null || !isAhead(lockedUntil, now)) return lockedUntil;
  const lock = await findBeginning.first(db, { userId: id, until: lockedUntil });
  if (lock === null || !isAhead(lock.createdAt, now)) return lockedUntil;
  return after(now, lockedUntil.getTime() - lock.createdAt.getTime());
}

/** The same, and lets the lock end then. */
export async function endLockInTime(tx: Transaction, account: Locked): Promise<Date | null> {
  const { id, lockedUntil } = account;
  const until = await findLockEnd(tx, account);
  if (lockedUntil !== null && until !== null && until < lockedUntil) await setEnd.run(tx, { id, lockedUntil, until });
  return until;
}
