import { after, isAhead, latestPossible } from "../database/durations.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";

/** An account whose lock has an end, or none. */
interface Locked {
  readonly id: number;
  readonly lockedUntil: Date | null;
}

/** Locks that began ahead of the clock: a lock and its event are written at one moment. */
const findBeginnings = statement((sql, p: { latest: Date }) =>
  sql
    .selectFrom("security_events")
    .select(["user_id", "created_at"])
    .where("event_type", "=", "account_locked")
    .where("created_at", ">", p.latest)
    .orderBy("created_at", "desc"),
);

/** Users whose lock ends later than a clock that is right would say of a moment. */
const findLocked = statement((sql, p: { latest: Date }) =>
  sql.selectFrom("users").select(["id", "locked_until"]).where("locked_until", ">", p.latest),
);

const setEnd = statement((sql, p: { id: number; lockedUntil: Date; until: Date }) =>
  sql
    .updateTable("users")
    .set({ locked_until: p.until })
    .where("id", "=", p.id)
    .where("locked_until", "=", p.lockedUntil),
);

/**
 * Gives the rows of users with the ends that their locks have. One that began ahead of the clock was made by a clock that was wrong:
 * it lasts no longer than it was to last, from now on. Whoever shows or asks when a lock ends goes through here.
 */
export async function withLockEnds<Row extends Locked>(db: Handle, rows: readonly Row[]): Promise<Row[]> {
  const now = db.clock.now();
  const isDoubtful = ({ lockedUntil }: Locked) => lockedUntil !== null && isAhead(lockedUntil, now);
  if (!rows.some(isDoubtful)) return [...rows];
  const beginnings = await findBeginnings.all(db, { latest: latestPossible(now) });
  if (beginnings.length === 0) return [...rows];
  return rows.map((row) => {
    const { id, lockedUntil } = row;
    if (lockedUntil === null || !isDoubtful(row)) return row;
    const began = beginnings.find(({ userId, createdAt }) => userId === id && createdAt < lockedUntil)?.createdAt;
    if (began === undefined) return row;
    return { ...row, lockedUntil: after(now, lockedUntil.getTime() - began.getTime()) };
  });
}

/** The same of one user; null stays null. */
export async function withLockEnd<Row extends Locked | null>(db: Handle, row: Row): Promise<Row> {
  if (row === null) return row;
  const [shown = row] = await withLockEnds<NonNullable<Row>>(db, [row]);
  return shown;
}

/** The same, and lets the lock end then. */
export async function endLockInTime(tx: Transaction, account: Locked): Promise<Date | null> {
  const { id, lockedUntil } = account;
  const { lockedUntil: until } = await withLockEnd(tx, { id, lockedUntil });
  if (lockedUntil !== null && until !== null && until < lockedUntil) await setEnd.run(tx, { id, lockedUntil, until });
  return until;
}

/** Lets every lock that a wrong clock made end in time: for who does not sign in, an API key for one, nothing else would. */
export async function endLocksInTime(db: Handle): Promise<number> {
  const locked = await findLocked.all(db, { latest: latestPossible(db.clock.now()) });
  const right = await withLockEnds(db, locked);
  let ended = 0;
  for (const [index, { id, lockedUntil }] of locked.entries()) {
    const until = right[index]?.lockedUntil ?? null;
    if (lockedUntil === null || until === null || until >= lockedUntil) continue;
    ended += await setEnd.run(db, { id, lockedUntil, until });
  }
  return ended;
}
