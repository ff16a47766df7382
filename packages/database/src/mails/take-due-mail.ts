import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import { z } from "zod";
import { after, hour, minute } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { DatabaseError } from "../errors/index.ts";
import type { Schema } from "../schema/tables.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";
import { contentPlace, mailContent } from "./content.ts";
import { giveUpMail } from "./end-mail.ts";

const takeInput = z.strictObject({ leaseMs: boundedInteger({ min: 1000, max: hour }).default(2 * minute) });

/** A mail that the caller sends, and nobody else meanwhile. */
export interface QueuedMail {
  readonly id: number;
  readonly userId: number;
  readonly kind: string;
  readonly to: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** How often sending it was begun, this time included. */
  readonly attempts: number;
}

interface Due {
  now: Date;
  /** One that is due later was put off by a clock that was ahead. */
  latest: Date;
}

function isDue({ now, latest }: Due): Expression<SqlBool> {
  const mail = expressionBuilder<Schema, "queued_mails">();
  return mail.and([mail("expires_at", ">", now), mail.or([mail("due_at", "<=", now), mail("due_at", ">", latest)])]);
}

const findDue = statement((sql, p: Due) =>
  sql.selectFrom("queued_mails").select("id").where(isDue(p)).orderBy("due_at").orderBy("id").limit(1),
);

/** Of several who take at once, one does: the row that another took is not due any more. */
const take = statement((sql, p: Due & { id: number; leaseEnds: Date }) =>
  sql
    .updateTable("queued_mails")
    .set((set) => ({ due_at: p.leaseEnds, attempts: set("attempts", "+", 1) }))
    .where("id", "=", p.id)
    .where(isDue(p))
    .returning(["id", "user_id", "kind", "content", "attempts"]),
);

/**
 * Takes a mail that is due: for the time of the lease it is the caller's to send, who then ends, postpones or gives it up. When the
 * process dies in between, it is due again after the lease, and may come twice.
 *
 * @param db the database
 * @param options `leaseMs`: how long sending may take (1000 to 3600000, default two minutes)
 * @returns the mail; null when none is due, or another process has taken the last
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {DatabaseError} SECRET_UNREADABLE when there is no key
 * @example
 * for (let mail = await takeDueMail(db); mail !== null; mail = await takeDueMail(db)) await endMail(db, mail);
 */
export async function takeDueMail(db: Handle, options: z.input<typeof takeInput> = {}): Promise<QueuedMail | null> {
  const { leaseMs } = parseInput(takeInput, options);
  const secrets = await db.secrets();
  for (;;) {
    const now = db.clock.now();
    const due = { now, latest: after(now, 2 * hour) };
    const found = await findDue.first(db, due);
    if (found === null) return null;
    const taken = await take.first(db, { ...due, id: found.id, leaseEnds: after(now, leaseMs) });
    // Another process was faster: there may be a next one.
    if (taken === null) continue;
    const { content, ...mail } = taken;
    try {
      return { ...mail, ...mailContent.parse(JSON.parse(secrets.decrypt(content, contentPlace(mail.id)))) };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      await giveUpMail(db, mail, { error: error.code });
    }
  }
}
