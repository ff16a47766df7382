import type { Transaction } from "../../../database/handle.ts";
import { statement } from "../../../database/statement.ts";
import { isNotEnded } from "../../../identity/sessions/live-session.ts";

/** What was open in a backup, and is not after it was restored. */
export interface EndedAccess {
  /** Sessions that had not ended. */
  sessions: number;
  /** Links to set a password or to verify an address that had not been used. */
  links: number;
}

const endSessions = statement((sql, p: { now: Date }) =>
  sql.updateTable("sessions").set({ is_active: false, revoked_at: p.now }).where(isNotEnded()),
);

const endResetLinks = statement((sql) => sql.deleteFrom("password_reset_links"));

/** Most were sent since, and their links have ended. */
const dropMails = statement((sql) => sql.deleteFrom("queued_mails"));

/** Links of before they had a table. */
const endOldResetLinks = statement((sql) =>
  sql
    .updateTable("users")
    .set({ password_reset_token: null, password_reset_expires: null })
    .where("password_reset_token", "is not", null),
);

/** The token stays: that an account waits for its address to be verified is told by it. */
const endVerificationLinks = statement((sql, p: { now: Date }) =>
  sql
    .updateTable("users")
    .set({ email_verification_expires: p.now })
    .where("email_verification_token", "is not", null)
    .where("email_verification_expires", ">", p.now),
);

/**
 * Ends every session and every link of a state that comes back: whoever stole one since the backup, or before, is out. The
 * challenges of sign-ins that are under way end with the event that records the restore.
 * @see OWASP ASVS 5.0, 7.4.2
 */
export async function endAllAccess(tx: Transaction): Promise<EndedAccess> {
  const now = tx.clock.now();
  const sessions = await endSessions.run(tx, { now });
  const resets = (await endResetLinks.run(tx, {})) + (await endOldResetLinks.run(tx, {}));
  await dropMails.run(tx, {});
  const verifications = await endVerificationLinks.run(tx, { now });
  return { sessions, links: resets + verifications };
}
