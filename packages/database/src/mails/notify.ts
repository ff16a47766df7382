import { type Actor, maxUserAgentLength } from "../access/actor.ts";
import type { Transaction } from "../database/handle.ts";
import { type Addressee, queueMail, queueMailForEach } from "./queue-mail.ts";

/** What users are told of by mail. */
export const notices = [
  "new_device",
  "password_changed",
  "password_link_shown",
  "email_change_requested",
  "email_changed",
  "2fa_enabled",
  "2fa_disabled",
  "2fa_demanded",
  "backup_codes_replaced",
  "api_key_created",
  "api_key_changed",
  "api_key_rotated",
] as const;
export type Notice = (typeof notices)[number];

interface NoticeMail {
  readonly userId: number;
  readonly notice: Notice;
  /** Who did it, from where. */
  readonly actor: Actor;
  /** Default: the user's present address. */
  readonly to?: string;
}

/**
 * Tells a user by mail what happened to the account, in the transaction of what happened. Nothing where no mail is sent: see
 * `withNotices`. It says when, from where, and whether the user did it or somebody else; never a secret.
 */
export async function notify(tx: Transaction, { userId, notice, actor, to }: NoticeMail): Promise<void> {
  if (!tx.notifies) return;
  const facts = factsOf(tx, userId, { notice, actor });
  await queueMail(tx, { userId, kind: "notice", facts, ...(to === undefined ? {} : { to }) });
}

/** The same for many users, whose mails are sent one by one. None is written where the queue has no room for all. */
export async function notifyEach(
  tx: Transaction,
  users: readonly Addressee[],
  what: Pick<NoticeMail, "notice" | "actor">,
): Promise<void> {
  if (!tx.notifies || users.length === 0) return;
  await queueMailForEach(tx, users, { kind: "notice", factsFor: (userId) => factsOf(tx, userId, what) });
}

function factsOf(tx: Transaction, userId: number, { notice, actor }: Pick<NoticeMail, "notice" | "actor">) {
  return {
    notice,
    at: tx.clock.now().toISOString(),
    byOwner: actor.userId === userId,
    ipAddress: actor.ipAddress ?? null,
    userAgent: actor.userAgent?.slice(0, maxUserAgentLength) ?? null,
  };
}
