import type { Actor } from "../../access/actor.ts";
import type { Transaction } from "../../database/handle.ts";
import { notify } from "../../mails/notify.ts";
import { logAudit } from "../../operation/log-audit.ts";
import { logSecurityEvent } from "../../security/index.ts";
import type { User } from "../account/user.ts";
import { writeUser } from "../account/write-user.ts";
import { endResetLinks } from "../passwords/reset-links.ts";
import { revokeAllUserSessions } from "../sessions/revoke-sessions.ts";

/**
 * Gives a user an address that was proved to be theirs, in place of the present one: with the link that was mailed there, or by
 * somebody who vouches for it. Every session ends, and so do all links that were mailed to the former address.
 *
 * @throws {ConflictError} CONFLICT for `email` when somebody has it by now
 */
export async function takeAddress(tx: Transaction, user: User, email: string, actor: Actor): Promise<User> {
  const { id } = user;
  const renamed = await writeUser(tx, id, {
    email,
    pendingEmail: null,
    emailVerified: true,
    emailVerifiedAt: tx.clock.now(),
    emailVerificationToken: null,
    emailVerificationExpires: null,
    passwordResetToken: null,
    passwordResetExpires: null,
    ...(user.status === "pending_verification" ? { status: "active" as const } : {}),
  });
  await endResetLinks(tx, id);
  for (const to of [user.email, email]) await notify(tx, { userId: id, notice: "email_changed", actor, to });
  const sessions = await revokeAllUserSessions(tx, id, { actor });
  const { ipAddress, userAgent } = actor;
  await logSecurityEvent(tx, {
    eventType: "email_changed",
    severity: "medium",
    description: "The e-mail address of an account was changed.",
    email: user.email,
    userId: id,
    ipAddress,
    userAgent,
  });
  await logAudit(tx, {
    action: "user_email_changed",
    resourceType: "users",
    resourceId: id,
    metadata: { sessions, status: renamed.status },
    ownerId: id,
    actor,
  });
  return renamed;
}
