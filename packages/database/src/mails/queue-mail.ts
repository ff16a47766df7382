import { z } from "zod";
import { after, day } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { NotFoundError } from "../errors/index.ts";
import { parseInput, recordId, text } from "../validation/input.ts";
import { contentPlace, mailFacts } from "./content.ts";

/** Most mails that wait, of all users and of one: no flood of them fills the disk. */
const mostWaiting = { together: 10_000, ofUser: 50 };

/** How long a mail that says nothing of it is worth sending. */
const usefulMs = 3 * day;

const mailInput = z.strictObject({
  userId: recordId(),
  kind: text({ min: 1, max: 40 }),
  to: text({ min: 3, max: 255 }).optional(),
  facts: mailFacts.default({}),
  expiresAt: z.date().optional(),
});

/** A mail to be sent. */
export type MailToQueue = z.input<typeof mailInput>;

const findAddress = statement((sql, p: { id: number }) =>
  sql.selectFrom("users").select("email").where("id", "=", p.id).where("deleted_at", "is", null),
);

const findFurther = statement((sql, p: { others: number }) =>
  sql.selectFrom("queued_mails").select("id").orderBy("id").limit(1).offset(p.others),
);

const findFurtherOf = statement((sql, p: { userId: number; others: number }) =>
  sql.selectFrom("queued_mails").select("id").where("user_id", "=", p.userId).orderBy("id").limit(1).offset(p.others),
);

const insert = statement((sql, p: { userId: number; kind: string; now: Date; expiresAt: Date }) =>
  sql
    .insertInto("queued_mails")
    .values({
      user_id: p.userId,
      kind: p.kind,
      content: "",
      created_at: p.now,
      due_at: p.now,
      expires_at: p.expiresAt,
    })
    .returning("id"),
);

/** What is encrypted is bound to its row, whose id the database gives. */
const fill = statement((sql, p: { id: number; content: string }) =>
  sql.updateTable("queued_mails").set({ content: p.content }).where("id", "=", p.id),
);

async function isFull(db: Handle, userId: number): Promise<boolean> {
  const { together, ofUser } = mostWaiting;
  if ((await findFurtherOf.first(db, { userId, others: ofUser - 1 })) !== null) return true;
  return (await findFurther.first(db, { others: together - 1 })) !== null;
}

/**
 * Puts a mail to a user in the queue, from which a server sends it. In a transaction it is sent if that is committed. The address
 * and the facts are encrypted at rest, and gone once the mail is sent.
 *
 * @param db the database, or an open transaction
 * @param mail `userId`; `kind`: which mail it is, for whoever writes it; `facts` that it is written of (JSON up to 16 KiB each);
 *   `to` (default the present address of the user); `expiresAt`: from when on it is of no use (default in three days)
 * @returns whether it was taken: not when 50 mails to the user, or 10,000 in all, wait already
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it is deleted
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await queueMail(db, { userId: user.id, kind: "password-changed" });
 */
export async function queueMail(db: Handle, mail: MailToQueue): Promise<boolean> {
  const { userId, kind, to, facts, expiresAt } = parseInput(mailInput, mail);
  const user = await findAddress.first(db, { id: userId });
  if (user === null) throw new NotFoundError();
  if (await isFull(db, userId)) return false;
  const secrets = await db.secrets();
  const content = JSON.stringify({ to: to ?? user.email, facts });
  await transaction(db, async (tx) => {
    const now = tx.clock.now();
    const row = { userId, kind, now, expiresAt: expiresAt ?? after(now, usefulMs) };
    const { id } = (await insert.first(tx, row)) as { id: number };
    await fill.run(tx, { id, content: secrets.encrypt(content, contentPlace(id)) });
  });
  return true;
}
