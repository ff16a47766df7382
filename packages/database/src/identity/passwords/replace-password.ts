import { type Actor, logAudit } from "../../audit/index.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { notify } from "../../mails/notify.ts";
import { forgetFailures } from "../../security/forget-failures.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { forgetBeyond } from "../account/forget-beyond.ts";
import { endResetLinks } from "./reset-links.ts";
import { revokeAllUserSessions } from "../sessions/revoke-sessions.ts";

/** Guarded by the hash that it replaces: of two changes at once, one changes a row. */
const storeHash = statement((sql, p: { id: number; oldHash: string; newHash: string; now: Date }) =>
  sql
    .updateTable("users")
    .set({
      password_hash: p.newHash,
      last_password_change: p.now,
      must_change_password: false,
      password_reset_token: null,
      password_reset_expires: null,
      failed_login_attempts: 0,
      updated_at: p.now,
    })
    .where("id", "=", p.id)
    .where("password_hash", "=", p.oldHash)
    .where("deleted_at", "is", null)
    .returning("email"),
);

const remember = statement((sql, p: { userId: number; oldHash: string; now: Date }) =>
  sql.insertInto("password_history").values({ user_id: p.userId, password_hash: p.oldHash, created_at: p.now }),
);

const forgetOlder = forgetBeyond("password_history", "created_at");

interface Replacement {
  readonly userId: number;
  readonly oldHash: string;
  readonly newHash: string;
  /** Former passwords to remember. */
  readonly historyLength: number;
  /** Token of the session that goes on; every other one ends. */
  readonly exceptToken?: string | undefined;
  readonly actor: Actor;
  readonly description: string;
}

/**
 * Replaces a password: the old one goes into the history, every other session and every open reset link and challenge
 * ends, and the event `password_changed` and the audit log tell of it.
 *
 * @returns false when the password has changed since `oldHash` was read
 */
export async function replacePassword(tx: Transaction, replacement: Replacement): Promise<boolean> {
  const { userId, oldHash, newHash, historyLength, exceptToken, actor, description } = replacement;
  const now = tx.clock.now();
  const replaced = await storeHash.first(tx, { id: userId, oldHash, newHash, now });
  if (replaced === null) return false;
  await remember.run(tx, { userId, oldHash, now });
  await forgetOlder(tx, userId, historyLength);
  await endResetLinks(tx, userId);
  await forgetFailures(tx, { id: userId, email: replaced.email });
  await revokeAllUserSessions(tx, userId, { exceptToken, actor });
  await notify(tx, { userId, notice: "password_changed", actor });
  await logSecurityEvent(tx, {
    eventType: "password_changed",
    severity: "info",
    description,
    userId,
    ipAddress: actor.ipAddress,
    userAgent: actor.userAgent,
  });
  await logAudit(tx, {
    action: "password_changed",
    resourceType: "users",
    resourceId: userId,
    description,
    ownerId: userId,
    actor,
  });
  return true;
}
