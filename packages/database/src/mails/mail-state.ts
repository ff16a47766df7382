import { before, day, minute } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";

/** How the sending of mails stands. */
export interface MailState {
  /** Mails in the queue. */
  readonly waiting: number;
  /** Those of them that could not be sent when it was tried last. */
  readonly failing: number;
  /** Those of them that have been due for ten minutes, and nobody has taken. */
  readonly unattended: number;
  /** Since when the oldest waits; null when none does. */
  readonly oldestAt: Date | null;
  /** Why the last attempt failed, in codes; null where none of those that wait has failed. */
  readonly lastError: string | null;
  /** Mails that were given up in the last 24 hours. */
  readonly givenUp: number;
}

const count = statement(
  (sql) =>
    sql
      .selectFrom("queued_mails")
      .select((eb) => [
        eb.fn.countAll<number>().as("waiting"),
        eb.fn.count<number>("last_error").as("failing"),
        eb.fn.min("created_at").as("oldest_at"),
      ]),
  { oldest_at: "datetime" },
);

const countUnattended = statement((sql, p: { since: Date }) =>
  sql
    .selectFrom("queued_mails")
    .select((eb) => eb.fn.countAll<number>().as("unattended"))
    .where("due_at", "<", p.since),
);

const findError = statement((sql) =>
  sql
    .selectFrom("queued_mails")
    .select("last_error")
    .where("last_error", "is not", null)
    .orderBy("due_at", "desc")
    .orderBy("id")
    .limit(1),
);

const countGivenUp = statement((sql, p: { since: Date }) =>
  sql
    .selectFrom("security_events")
    .select((eb) => eb.fn.countAll<number>().as("given_up"))
    .where("event_type", "=", "mail_failed")
    .where("created_at", ">", p.since),
);

/**
 * Tells how many mails wait, since when, and why.
 *
 * @param db the database, or an open transaction
 * @returns the state of the queue
 * @example
 * const { waiting, failing } = await getMailState(db);
 */
export async function getMailState(db: Handle): Promise<MailState> {
  const counted = await count.first(db, {});
  const failed = await findError.first(db, {});
  const now = db.clock.now();
  const overdue = await countUnattended.first(db, { since: before(now, 10 * minute) });
  const lost = await countGivenUp.first(db, { since: before(now, day) });
  return {
    waiting: counted?.waiting ?? 0,
    failing: counted?.failing ?? 0,
    unattended: overdue?.unattended ?? 0,
    oldestAt: counted?.oldestAt ?? null,
    lastError: failed?.lastError ?? null,
    givenUp: lost?.givenUp ?? 0,
  };
}
