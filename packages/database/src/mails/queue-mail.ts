import { z } from "zod";
import { after, day } from "../database/durations.ts";
import type { KeyRing } from "../cryptography/index.ts";
import { acrossCompanies } from "../database/across-companies.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { NotFoundError } from "../errors/index.ts";
import { parseInput, recordId, text } from "../validation/input.ts";
import { contentPlace, mailFacts } from "./content.ts";

/** Most mails that wait, of all users and of one: no flood of them fills the disk. */
const mostWaiting = { together: 10_000, ofUser: 50 };

/** What lies between two of many mails, in milliseconds: a link that somebody waits for goes in between. */
const spacingMs = 500;

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

const insert = statement((sql, p: { userId: number; kind: string; now: Date; dueAt: Date; expiresAt: Date }) =>
  sql
    .insertInto("queued_mails")
    .values({
      user_id: p.userId,
      kind: p.kind,
      content: "",
      created_at: p.now,
      due_at: p.dueAt,
      expires_at: p.expiresAt,
    })
    .returning("id"),
);

/** What is encrypted is bound to its row, whose id the database gives. */
const fill = statement((sql, p: { id: number; content: string }) =>
  sql.updateTable("queued_mails").set({ content: p.content }).where("id", "=", p.id),
);

async function isFullFor(tx: Transaction, userId: number): Promise<boolean> {
  return (await findFurtherOf.first(tx, { userId, others: mostWaiting.ofUser - 1 })) !== null;
}

/** Whether the queue, which all companies share, does not take so many more. */
async function isFull(tx: Transaction, mails: number): Promise<boolean> {
  const others = mostWaiting.together - mails;
  return (await acrossCompanies(tx, (all) => findFurther.first(all, { others }))) !== null;
}

interface NewMail {
  readonly userId: number;
  readonly kind: string;
  readonly to: string;
  readonly facts: MailToQueue["facts"];
  readonly dueAt: Date;
  readonly expiresAt: Date;
}

async function write(tx: Transaction, secrets: KeyRing, { to, facts, ...mail }: NewMail): Promise<void> {
  const { id } = await insert.one(tx, { ...mail, now: tx.clock.now() });
  const content = JSON.stringify({ to, facts });
  await fill.run(tx, { id, content: secrets.encrypt(content, contentPlace(id)) });
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
  const secrets = await db.secrets();
  return transaction(db, async (tx) => {
    if ((await isFullFor(tx, userId)) || (await isFull(tx, 1))) return false;
    const now = tx.clock.now();
    const times = { dueAt: now, expiresAt: expiresAt ?? after(now, usefulMs) };
    await write(tx, secrets, { userId, kind, to: to ?? user.email, facts, ...times });
    return true;
  });
}

/** To whom one of many mails goes. */
export interface Addressee {
  readonly id: number;
  readonly email: string;
}

/**
 * Puts mails of one kind to many users in the queue, one due half a second after the other. None is taken where the queue has no room
 * for all of them; who has too many waiting is left out.
 *
 * @param users not deleted, and no more than are sent within the hour
 * @param mail `factsFor`: what the mail to one of them is written of
 */
export async function queueMailForEach(
  tx: Transaction,
  users: readonly Addressee[],
  { kind, factsFor }: { kind: string; factsFor: (userId: number) => MailToQueue["facts"] },
): Promise<void> {
  if (await isFull(tx, users.length)) return;
  const secrets = await tx.secrets();
  const now = tx.clock.now();
  for (const [index, { id: userId, email: to }] of users.entries()) {
    if (await isFullFor(tx, userId)) continue;
    const dueAt = after(now, index * spacingMs);
    await write(tx, secrets, { userId, kind, to, facts: factsFor(userId), dueAt, expiresAt: after(dueAt, usefulMs) });
  }
}
