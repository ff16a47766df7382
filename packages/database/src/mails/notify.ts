import { type Actor, maxUserAgentLength } from "../access/actor.ts";
import type { Transaction } from "../database/handle.ts";
import { queueMail } from "./queue-mail.ts";

/** What users are told of by mail. */
export const notices = [
  "new_device",
  "password_changed",
  "password_link_shown",
  "email_change_requested",
  "email_changed",
  "2fa_enabled",
  "2fa_disabled",
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
  const facts = {
    notice,
    at: tx.clock.now().toISOString(),
    byOwner: actor.userId === userId,
    ipAddress: actor.ipAddress ?? null,
    userAgent: actor.userAgent?.slice(0, maxUserAgentLength) ?? null,
  };
  await queueMail(tx, { userId, kind: "notice", facts, ...(to === undefined ? {} : { to }) });
}
