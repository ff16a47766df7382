import { created, datetime, id, integer, reference, string, table, text } from "./kit/index.ts";
import { users } from "./core.ts";

export const queuedMails = table(
  "queued_mails",
  {
    module: "core",
    description: "Mails to users that wait to be sent; a row is gone once its mail is.",
    inOriginal: false,
    bound: "50 of a user, and 10,000 in all: one more is not taken.",
    indexes: [{ columns: ["due_at"] }, { columns: ["expires_at"] }],
  },
  {
    id: id(),
    /** Whom it is about. */
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    /** Which mail it is. */
    kind: string(40).notNull(),
    /** The address, and what the mail is written of, such as the token of a link. */
    content: text().notNull().sensitive("encrypted"),
    ...created(),
    /** From when on somebody sends it; moved on while somebody does. */
    dueAt: datetime().notNull(),
    /** From when on it would be of no use, such as a link that has ended. */
    expiresAt: datetime().notNull(),
    /** How often sending it was begun. */
    attempts: integer().notNull().default(0),
    /** Why the last attempt failed, in codes. */
    lastError: string(100),
  },
);
