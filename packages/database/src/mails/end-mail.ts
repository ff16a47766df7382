import { after, hour } from "../database/durations.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { logSecurityEvent } from "../security/log-security-event.ts";

/** Why a mail was not taken, in codes: `EAUTH 535`. */
interface Failure {
  readonly error: string;
}

type Attempted = Readonly<Record<"id" | "userId" | "attempts", number>> & { readonly kind: string };

/** The first delay; each further one is twice as long. */
const firstDelayMs = 15_000;
/** Longest delay: a mail server that comes back gets what waits within the hour. */
const longestDelayMs = hour;

const remove = statement((sql, p: { id: number }) => sql.deleteFrom("queued_mails").where("id", "=", p.id));

const postpone = statement((sql, p: { id: number; dueAt: Date; error: string }) =>
  sql.updateTable("queued_mails").set({ due_at: p.dueAt, last_error: p.error }).where("id", "=", p.id),
);

const removeExpired = statement((sql, p: { now: Date; batch: number }) =>
  sql
    .deleteFrom("queued_mails")
    .where("id", "in", (query) =>
      query.selectFrom("queued_mails").select("id").where("expires_at", "<=", p.now).limit(p.batch),
    )
    .returning(["id", "user_id", "kind", "attempts", "last_error"]),
);

/**
 * Takes a mail that was sent out of the queue.
 *
 * @param db the database, or an open transaction
 * @param mail as it was taken
 * @example
 * const mail = await takeDueMail(db);
 * if (mail !== null) await endMail(db, mail);
 */
export async function endMail(db: Handle, { id }: { readonly id: number }): Promise<void> {
  await remove.run(db, { id });
}

/**
 * Puts a mail off that could not be sent: for 15 seconds the first time, each further time for twice as long, an hour at most.
 *
 * @param db the database, or an open transaction
 * @param mail as it was taken
 * @param failure `error`: why, in codes alone
 * @returns when it is due again
 * @example
 * const mail = await takeDueMail(db);
 * if (mail !== null) await postponeMail(db, mail, { error: "ECONNREFUSED" });
 */
export async function postponeMail(db: Handle, mail: Attempted, { error }: Failure): Promise<Date> {
  const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(mail.attempts - 1, 20));
  const dueAt = after(db.clock.now(), delay);
  await postpone.run(db, { id: mail.id, dueAt, error: error.slice(0, 100) });
  return dueAt;
}

async function report(tx: Transaction, mail: Attempted, error: string): Promise<void> {
  const { userId, kind, attempts } = mail;
  const description = "A mail was given up.";
  const metadata = { kind, attempts, error };
  await logSecurityEvent(tx, { eventType: "mail_failed", severity: "medium", description, userId, metadata });
}

/**
 * Gives a mail up that cannot be sent: it leaves the queue, and the event `mail_failed` tells of it.
 *
 * @param db the database, or an open transaction
 * @param mail as it was taken
 * @param failure `error`: why, in codes alone
 * @example
 * const mail = await takeDueMail(db);
 * if (mail !== null) await giveUpMail(db, mail, { error: "EENVELOPE 550" });
 */
export async function giveUpMail(db: Handle, mail: Attempted, { error }: Failure): Promise<void> {
  await transaction(db, async (tx) => {
    if ((await remove.run(tx, { id: mail.id })) > 0) await report(tx, mail, error);
  });
}

/** Rows that one call drops. */
const batch = 500;

/**
 * Gives up the mails that are of no use any more, such as links that have ended.
 *
 * @param db the database, or an open transaction
 * @returns how many
 * @example
 * const { dropped } = await dropExpiredMails(db);
 */
export async function dropExpiredMails(db: Handle): Promise<{ dropped: number }> {
  return transaction(db, async (tx) => {
    const rows = await removeExpired.all(tx, { now: tx.clock.now(), batch });
    for (const { lastError, ...mail } of rows) await report(tx, mail, lastError ?? "not tried");
    return { dropped: rows.length };
  });
}
