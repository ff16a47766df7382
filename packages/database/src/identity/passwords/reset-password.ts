import { z } from "zod";
import { digestToken, generateSecureToken, isTokenShaped } from "../../cryptography/index.ts";
import { after, minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { loggedEmail } from "../../security/logged-text.ts";
import { parseInput } from "../../validation/input.ts";
import { confirmAddress } from "../account/confirm-address.ts";
import { hasEmail } from "../account/has-email.ts";
import { revokeAllUserApiKeys } from "../api-keys/revoke-api-key.ts";
import { hashNewPassword, newPasswordFields } from "./new-password.ts";
import { originFields } from "../account/origin.ts";
import { replacePassword } from "./replace-password.ts";
import { mayReset } from "./reset-link.ts";

/** Minutes that a link lives: long enough for mail to arrive, and of no use in a mailbox that is read later. */
const resetMinutes = 30;

const requestInput = z.strictObject({ email: loggedEmail(), ...originFields });
const resetInput = z.strictObject({ token: z.string(), ...newPasswordFields, ...originFields });

/** What `requestPasswordReset` takes. */
export type ResetRequest = z.input<typeof requestInput>;

/** What `resetPassword` takes. */
export type PasswordReset = z.input<typeof resetInput>;

/** A token to be mailed to the user; the only time that it is seen. */
export interface ResetToken {
  readonly token: string;
  readonly userId: number;
  readonly expiresAt: Date;
}

const storeToken = statement((sql, p: { email: string; digest: string; expiresAt: Date; now: Date }) =>
  sql
    .updateTable("users")
    .set({ password_reset_token: p.digest, password_reset_expires: p.expiresAt, updated_at: p.now })
    .where(hasEmail(p.email))
    .where("status", "!=", "pending_verification")
    .where(mayReset())
    .returning("id"),
);

const findByToken = statement((sql, p: { digest: string; now: Date }) =>
  sql
    .selectFrom("users")
    .select(["id", "password_hash"])
    .where("password_reset_token", "=", p.digest)
    .where("password_reset_expires", ">", p.now)
    .where(mayReset()),
);

/**
 * Makes the token of a link with which somebody who lost their password chooses a new one. It lives for 30 minutes,
 * works once, and replaces one that was asked for before. The caller mails it, and answers alike whatever this returns.
 *
 * An unknown address costs the same: both write, and both leave the event `password_reset_requested`.
 *
 * @param db the database, or an open transaction
 * @param request `email` and `ipAddress`; `userAgent`
 * @returns the token and whose it is; null when the address is unknown or not confirmed yet, or the account is suspended or
 *   switched off
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.4
 * @example
 * const reset = await requestPasswordReset(db, { email: "nobody@example.org", ipAddress: "192.0.2.7" });
 * reset === null; // true
 */
export async function requestPasswordReset(db: Handle, request: ResetRequest): Promise<ResetToken | null> {
  const { email, ipAddress, userAgent } = parseInput(requestInput, request);
  const token = generateSecureToken();
  return transaction(db, async (tx) => {
    const now = tx.clock.now();
    const expiresAt = after(now, resetMinutes * minute);
    const user = await storeToken.first(tx, { email, digest: digestToken(token), expiresAt, now });
    await logSecurityEvent(tx, {
      eventType: "password_reset_requested",
      severity: "info",
      description: "A link to reset a password was asked for.",
      email,
      ipAddress,
      userAgent,
      userId: user?.id,
    });
    return user === null ? null : { token, userId: user.id, expiresAt };
  });
}

/**
 * Sets a new password with the token of a link. All sessions of the user end, all API keys are revoked, and the failed sign-ins
 * against the old password are forgotten. The address counts as confirmed, since the link was sent there. A lock of the account
 * stays until its end, and a second factor is still needed: the user signs in as ever. A password that is refused spends no
 * token.
 *
 * @param db the database
 * @param reset `token`, `newPassword` and `ipAddress`; `userAgent`; `passwordDemands` and `historyLength`, as for
 *   `changePassword`
 * @returns whose password it was; null when the token is unknown, expired or used
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.4.1, 6.4.3, 7.4.3
 * @example
 * const token = generateSecureToken(); // what the link in the mail holds
 * const newPassword = "seven rivers dance by moonlight";
 * const reset = await resetPassword(db, { token, newPassword, ipAddress: "192.0.2.7" });
 * reset === null; // true: no such link was sent
 */
export async function resetPassword(db: Handle, reset: PasswordReset): Promise<{ userId: number } | null> {
  const { token, ipAddress, userAgent, ...wish } = parseInput(resetInput, reset);
  if (!isTokenShaped(token)) return null;
  const digest = digestToken(token);
  const owner = await findByToken.first(db, { digest, now: db.clock.now() });
  if (owner === null) return null;
  const { id: userId, passwordHash: oldHash } = owner;
  const newHash = await hashNewPassword(db, userId, wish);
  const actor = { userId, ipAddress, userAgent };
  return transaction(db, async (tx) => {
    const present = await findByToken.first(tx, { digest, now: tx.clock.now() });
    if (present === null) return null;
    const isReplaced = await replacePassword(tx, {
      userId,
      oldHash,
      newHash,
      historyLength: wish.historyLength,
      actor,
      description: "The user set a new password with a link.",
    });
    if (!isReplaced) return null;
    await confirmAddress(tx, userId);
    await revokeAllUserApiKeys(tx, userId, { actor });
    return { userId };
  });
}
