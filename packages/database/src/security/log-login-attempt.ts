import { z } from "zod";
import { maxUserAgentLength } from "../access/actor.ts";
import { companyOf } from "../access/company-of.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { json } from "../schema/kit/parameters.ts";
import { signInFactors } from "../schema/sign-in-factors.ts";
import { networkOf } from "../validation/network.ts";
import { ipAddress, oneOf, parseInput, recordId } from "../validation/input.ts";
import { loggedEmail, loggedLine } from "./logged-text.ts";
import type { FailedSignIn } from "./group-failures.ts";
import { logSecurityEvent, type SecurityEventEntry } from "./log-security-event.ts";

const attemptInput = z.strictObject({
  email: loggedEmail(),
  success: z.boolean(),
  ipAddress: ipAddress(),
  userAgent: loggedLine(maxUserAgentLength).optional(),
  failureReason: loggedLine(100).optional(),
  userId: recordId().optional(),
  provedBy: loggedLine(40).optional(),
  factors: z.array(oneOf(signInFactors)).max(signInFactors.length).optional(),
});

/** What `logLoginAttempt` records. */
export type LoginAttemptEntry = z.input<typeof attemptInput>;
type Attempt = z.output<typeof attemptInput>;

const insertAttempt = statement((sql, attempt: Attempt & { companyId: number | null; network: string; now: Date }) =>
  sql
    .insertInto("login_attempts")
    .values({
      email: attempt.email,
      user_id: attempt.userId,
      ip_address: attempt.ipAddress,
      user_agent: attempt.userAgent,
      success: attempt.success,
      failure_reason: attempt.failureReason,
      attempted_at: attempt.now,
      company_id: companyOf(attempt.userId, attempt.companyId),
      network: attempt.network,
      proved_by: attempt.provedBy,
      factors: json(attempt.factors),
    })
    .returning("id"),
);

function eventOf({
  email,
  success,
  failureReason,
  ipAddress: address,
  userAgent,
  userId,
  factors = [],
  provedBy,
}: Attempt): SecurityEventEntry {
  const reason = failureReason === undefined || failureReason === "" ? "" : `: ${failureReason}`;
  const shown = factors.length === 0 ? "" : ` with ${factors.join(" and ")}`;
  return {
    eventType: success ? "login_success" : "login_failed",
    severity: success ? "info" : "low",
    description: success ? `Sign-in of ${email}${shown}` : `Failed sign-in for ${email}${reason}`,
    email,
    ipAddress: address,
    userAgent,
    userId,
    ...(factors.length > 0 || provedBy !== undefined ? { metadata: { factors, provedBy: provedBy ?? null } } : {}),
  };
}

/**
 * Logs an attempt to sign in, and the security event `login_success` or `login_failed` that tells of it, in one
 * transaction.
 *
 * The e-mail address is kept in its normal form, and what is no address as a digest: it may be a password in the wrong field. The
 * user agent and the reason are kept as they came, but without control characters and cut to what fits: what an attacker types
 * is always logged.
 *
 * @param db the database, or an open transaction
 * @param attempt `email` as it was typed, `success`, `ipAddress`, and optionally `userAgent`, `failureReason` (a few
 *   words, up to 100 characters), `userId` where the account is known, `provedBy`: the device or session that had proved itself
 *   before, and `factors`: what was shown and right, of `password`, `totp` and `backup-code`
 * @returns the id of the attempt
 * @throws {ValidationError} INVALID_INPUT when `ipAddress` is no IP address, or a field is missing or unknown
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @example
 * await logLoginAttempt(db, {
 *   email: "ada@example.org",
 *   success: false,
 *   ipAddress: "192.0.2.7",
 *   failureReason: "wrong password",
 * });
 */
export async function logLoginAttempt(db: Handle, attempt: LoginAttemptEntry): Promise<{ id: number }> {
  const entry = parseInput(attemptInput, attempt);
  return transaction(db, async (tx) => {
    const inserted = await insert(tx, entry);
    await logSecurityEvent(tx, eventOf(entry));
    return inserted;
  });
}

/**
 * Records a failed attempt alone.
 *
 * @returns what `tellOfFailure` has to be told once it is committed
 */
export async function recordFailedAttempt(
  tx: Transaction,
  attempt: Omit<LoginAttemptEntry, "success"> & { readonly failureReason: string },
): Promise<FailedSignIn> {
  const entry = parseInput(attemptInput, { ...attempt, success: false });
  await insert(tx, entry);
  const { email, ipAddress: address, userAgent, userId } = entry;
  return { email, ipAddress: address, userAgent, userId, reason: attempt.failureReason };
}

async function insert(tx: Transaction, entry: Attempt): Promise<{ id: number }> {
  const network = networkOf(entry.ipAddress);
  const row = { ...entry, network, companyId: tx.executor.company, now: tx.clock.now() };
  return (await insertAttempt.first(tx, row)) as { id: number };
}
