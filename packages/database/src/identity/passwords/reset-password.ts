import { z } from "zod";
import { isTokenShaped } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { toLoggedEmail } from "../../security/logged-text.ts";
import { normalizeEmail } from "../../validation/index.ts";
import { parseInput } from "../../validation/input.ts";
import { confirmAddress } from "../addresses/confirm-address.ts";
import { hasEmail } from "../account/has-email.ts";
import { revokeAllUserApiKeys } from "../api-keys/revoke-api-key.ts";
import { originFields } from "../account/origin.ts";
import { forgetDevices, type KnownDevice, rememberDevice } from "../known-devices/known-device.ts";
import { hashNewPassword, newPasswordFields } from "./new-password.ts";
import { replacePassword } from "./replace-password.ts";
import { findByResetToken, hasRecentLink, makeResetLink, mayReset, type ResetToken } from "./reset-links.ts";

const requestInput = z.strictObject({ email: z.string(), ...originFields });
const resetInput = z.strictObject({ token: z.string(), ...newPasswordFields, ...originFields });

/** What `requestPasswordReset` takes. */
export type ResetRequest = z.input<typeof requestInput>;

/** What `resetPassword` takes. */
export type PasswordReset = z.input<typeof resetInput>;

/** Whose password was set. */
export interface ResetOutcome {
  readonly userId: number;
  /** The device is known from now on: whoever can read the user's mail can sign in there, whatever others guess elsewhere. */
  readonly device: KnownDevice;
}

/** Locks the account, so that of several who ask at once one gets a link. */
const lockByEmail = statement((sql, p: { email: string }) =>
  sql
    .selectFrom("users")
    .select("id")
    .where(hasEmail(p.email))
    .where("status", "!=", "pending_verification")
    .where(mayReset())
    .forNoKeyUpdate(),
);

/**
 * Makes the token of a link with which somebody who lost their password chooses a new one. It lives for 30 minutes, beside those
 * that were asked for before, so that nobody can take somebody else's away by asking; any use ends all. The caller mails it, and
 * answers alike whatever this returns.
 *
 * @param db the database, or an open transaction
 * @param request `email` and `ipAddress`; `userAgent`
 * @returns the token and whose it is; null when the address is unknown or not confirmed yet, the account is suspended or switched
 *   off, or a link was made for it within the last five minutes: that one is still good
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.4
 * @example
 * const reset = await requestPasswordReset(db, { email: "nobody@example.org", ipAddress: "192.0.2.7" });
 * reset === null; // true
 */
export async function requestPasswordReset(db: Handle, request: ResetRequest): Promise<ResetToken | null> {
  const { email, ipAddress, userAgent } = parseInput(requestInput, request);
  return transaction(db, async (tx) => {
    const user = await lockByEmail.first(tx, { email: normalizeEmail(email) });
    if (user !== null && (await hasRecentLink(tx, user.id))) return null;
    const link = user === null ? null : await makeResetLink(tx, user.id);
    await logSecurityEvent(tx, {
      eventType: "password_reset_requested",
      severity: "info",
      description: "A link to reset a password was asked for.",
      email: toLoggedEmail(email),
      ipAddress,
      userAgent,
      userId: user?.id,
    });
    return link;
  });
}

/**
 * Sets a new password with the token of a link. All sessions of the user end, all API keys are revoked, and the failed sign-ins
 * against the old password are forgotten, and so are the devices that were known; the one at hand is known instead. The address
 * counts as confirmed, since the link was sent there. A lock of the account stays until its end, and a second factor is still
 * needed: the user signs in as ever. A password that is refused spends no token.
 *
 * @param db the database
 * @param reset `token`, `newPassword` and `ipAddress`; `userAgent`; `passwordDemands` and `historyLength`, as for
 *   `changePassword`
 * @returns whose password it was, and what the client keeps to be known as the user's device; null when the token is unknown,
 *   expired or used
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.4.1, 6.4.3, 7.4.3
 * @example
 * const token = generateSecureToken(); // what the link in the mail holds
 * const newPassword = "seven rivers dance by moonlight";
 * const reset = await resetPassword(db, { token, newPassword, ipAddress: "192.0.2.7" });
 * reset === null; // true: no such link was sent
 */
export async function resetPassword(db: Handle, reset: PasswordReset): Promise<ResetOutcome | null> {
  const { token, ipAddress, userAgent, ...wish } = parseInput(resetInput, reset);
  if (!isTokenShaped(token)) return null;
  const owner = await findByResetToken(db, token);
  if (owner === null) return null;
  const { id: userId, passwordHash: oldHash } = owner;
  const newHash = await hashNewPassword(db, userId, wish);
  const actor = { userId, ipAddress, userAgent };
  return transaction(db, async (tx) => {
    if ((await findByResetToken(tx, token)) === null) return null;
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
    await forgetDevices(tx, userId);
    const { device } = await rememberDevice(tx, { userId, userAgent });
    return { userId, device };
  });
}
