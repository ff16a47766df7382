import { z } from "zod";
import { logAudit } from "../../operation/log-audit.ts";
import { digestToken, generateSecureToken, isTokenShaped } from "../../cryptography/index.ts";
import { after, hour, latestPossible } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { ConflictError } from "../../errors/index.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { originFields } from "../account/origin.ts";
import { lockLiveUser, type User, userColumns } from "../account/user.ts";
import { confirmAddress } from "./confirm-address.ts";
import { takeAddress } from "./take-address.ts";
import { writeUser } from "../account/write-user.ts";

/** How long a link to verify an e-mail address works, in hours. */
export const verificationHours = 24;

const requestInput = z.strictObject({ userId: recordId() });
const verifyInput = z.strictObject({
  token: z.string(),
  ipAddress: originFields.ipAddress.optional(),
  userAgent: originFields.userAgent,
});

/** A secret to mail to the user, and when it stops working. */
export interface EmailVerification {
  token: string;
  expiresAt: Date;
  /** Where to mail it: the address that waits, else the present one. */
  email: string;
}

/**
 * Makes the token of a link that verifies a user's e-mail address: the one that waits, where one does. It works once, for 24 hours, and only the newest one
 * does. Only its digest is stored.
 *
 * @param db the database, or an open transaction
 * @param options `userId`
 * @returns the token, for the mail and nothing else, where to mail it, and when it stops working
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it is deleted
 * @throws {ConflictError} CONFLICT for `email` when the address is verified already
 * @example
 * const { id } = await createUser(db, { email: "v@example.org", password: "moon river dance seven", role: "user" });
 * const { token, expiresAt } = await requestEmailVerification(db, { userId: id });
 */
export async function requestEmailVerification(
  db: Handle,
  options: z.input<typeof requestInput>,
): Promise<EmailVerification> {
  const { userId } = parseInput(requestInput, options);
  const token = generateSecureToken();
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, userId);
    if (user.emailVerified && user.pendingEmail === null) {
      throw new ConflictError("CONFLICT", { field: "email", message: "The e-mail address is verified already." });
    }
    const expiresAt = after(tx.clock.now(), verificationHours * hour);
    await writeUser(tx, userId, {
      emailVerificationToken: digestToken(token),
      emailVerificationExpires: expiresAt,
    });
    return { token, expiresAt, email: user.pendingEmail ?? user.email };
  });
}

/** Locks the user, so that the token works once however many send it at once. */
const lockByToken = statement((sql, p: { digest: string; now: Date; latestEnd: Date }) =>
  sql
    .selectFrom("users")
    .select(userColumns)
    .where("email_verification_token", "=", p.digest)
    .where("email_verification_expires", ">", p.now)
    .where("email_verification_expires", "<=", p.latestEnd)
    .where("deleted_at", "is", null)
    .forNoKeyUpdate(),
);

/**
 * Verifies an e-mail address with the token that was mailed to it. An account that waited for this becomes active; one
 * that is suspended or locked stays so. An address that waited beside the present one takes its place: every session ends then, and
 * links that were mailed to the former address no longer work.
 *
 * @param db the database, or an open transaction
 * @param options `token`; `ipAddress` and `userAgent` of the request, for the audit log
 * @returns the user as it is now; null when the token is unknown, used, replaced or too old, which one it does not tell
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT for `email` when somebody else has the new address by now
 * @example
 * const { id } = await createUser(db, { email: "w@example.org", password: "moon river dance seven", role: "user" });
 * const { token } = await requestEmailVerification(db, { userId: id });
 * const user = await verifyEmail(db, { token });
 */
export async function verifyEmail(db: Handle, options: z.input<typeof verifyInput>): Promise<User | null> {
  const { token, ...origin } = parseInput(verifyInput, options);
  if (!isTokenShaped(token)) return null;
  return transaction(db, async (tx) => {
    const now = tx.clock.now();
    const latestEnd = latestPossible(now, verificationHours * hour);
    const user = await lockByToken.first(tx, { digest: digestToken(token), now, latestEnd });
    if (user === null) return null;
    const actor = { userId: user.id, ...origin };
    if (user.pendingEmail !== null) return takeAddress(tx, user, user.pendingEmail, actor);
    const confirmed = await confirmAddress(tx, user.id);
    if (confirmed === null) return null;
    await logAudit(tx, {
      action: "email_verified",
      resourceType: "users",
      resourceId: user.id,
      metadata: { status: confirmed.status },
      actor,
    });
    return confirmed;
  });
}
