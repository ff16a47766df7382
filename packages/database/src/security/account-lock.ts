import { z } from "zod";
import { type ActorOption, actorField, actorOption } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import { after, minute } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { NotFoundError } from "../errors/index.ts";
import { boundedInteger, parseInput, recordId, text } from "../validation/input.ts";
import { forgetFailures } from "./forget-failures.ts";
import { withLockEnd } from "./lock-length.ts";
import { logSecurityEvent } from "./log-security-event.ts";

const maxLockMinutes = 525_600;

const lockInput = z.strictObject({
  minutes: boundedInteger({ min: 1, max: maxLockMinutes }).default(30),
  reason: text({ min: 1, max: 500 }).default("Too many failed sign-ins"),
  actor: actorField,
});

/** How `lockUserAccount` locks. */
export type LockOptions = z.input<typeof lockInput>;

/** Whether an account is locked. */
export interface AccountLock {
  /** Whether there is such a user. */
  exists: boolean;
  locked: boolean;
  /** When the lock ends; null when there is none, or none that ends by itself. */
  lockedUntil: Date | null;
  /** Minutes until then, a begun one counted as whole; null for a lock that does not end by itself, 0 without a lock. */
  remainingMinutes: number | null;
}

const lock = statement((sql, { userId, until, now }: { userId: number; until: Date; now: Date }) =>
  sql
    .updateTable("users")
    .set((eb) => ({
      // Only an active account changes its status: a suspended or pending one must not come out of the lock active.
      status: eb
        .case()
        .when("status", "=", "active")
        .then("locked" as const)
        .else(eb.ref("status"))
        .end(),
      // A lock that lasts longer stays, one without an end as well.
      locked_until: eb
        .case()
        .when("locked_until", ">", until)
        .then(eb.ref("locked_until"))
        .when(eb.and([eb("status", "=", "locked"), eb("locked_until", "is", null)]))
        .then(eb.ref("locked_until"))
        .else(until)
        .end(),
      updated_at: now,
    }))
    .where("id", "=", userId)
    .where("deleted_at", "is", null)
    .returning("locked_until"),
);

const liftLock = statement((sql, { userId, now }: { userId: number; now: Date }) =>
  sql
    .updateTable("users")
    .set((eb) => ({
      status: eb
        .case()
        .when("status", "=", "locked")
        .then("active" as const)
        .else(eb.ref("status"))
        .end(),
      locked_until: null,
      failed_login_attempts: 0,
      updated_at: now,
    }))
    .where("id", "=", userId)
    .where("deleted_at", "is", null)
    .where((eb) =>
      eb.or([eb("status", "=", "locked"), eb("locked_until", "is not", null), eb("sign_in_refused_until", ">", now)]),
    ),
);

const findLock = statement((sql, { userId }: { userId: number }) =>
  sql
    .selectFrom("users")
    .select(["email", "status", "locked_until"])
    .where("id", "=", userId)
    .where("deleted_at", "is", null),
);

/**
 * Locks an account for a time. Nobody can sign in to it until then; when the time has passed it is as it was before:
 * a suspended or unverified account is still suspended or unverified. A lock never shortens one that lasts longer.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `minutes` (1 to 525600, default 30), `reason` for the log (up to 500 characters), `actor`
 * @returns when the lock ends; null where the account was locked already without an end
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { lockedUntil } = await lockUserAccount(db, id, { minutes: 60, reason: "Reported as stolen" });
 */
export async function lockUserAccount(
  db: Handle,
  userId: number,
  options: LockOptions = {},
): Promise<{ lockedUntil: Date | null }> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { minutes, reason, actor } = parseInput(lockInput, options);
  return transaction(db, async (tx) => {
    const now = tx.clock.now();
    const row = await lock.first(tx, { userId: id, until: after(now, minutes * minute), now });
    if (row === null) throw new NotFoundError();
    const description = `Account locked for ${minutes} minutes: ${reason}`;
    await logSecurityEvent(tx, { eventType: "account_locked", severity: "medium", description, userId: id });
    await logAudit(tx, {
      action: "account_locked",
      resourceType: "users",
      resourceId: id,
      description,
      metadata: { minutes },
      ownerId: id,
      actor,
    });
    return row;
  });
}

/**
 * Lifts the lock of an account before its time, and makes the failed sign-ins for its address until now count no longer, so that
 * the user can sign in from anywhere. Only that: a suspended account stays suspended.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `actor`
 * @returns whether there was something to lift: a lock, or sign-in that was refused after too many failures
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await lockUserAccount(db, id);
 * await unlockUserAccount(db, id); // true
 */
export async function unlockUserAccount(db: Handle, userId: number, options: ActorOption = {}): Promise<boolean> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const user = await findLock.first(tx, { userId: id });
    if (user === null) throw new NotFoundError();
    const lifted = await liftLock.run(tx, { userId: id, now: tx.clock.now() });
    await forgetFailures(tx, { id, email: user.email });
    if (lifted === 0) return false;
    const description = "Account unlocked";
    await logSecurityEvent(tx, { eventType: "account_unlocked", severity: "info", description, userId: id });
    await logAudit(tx, {
      action: "account_unlocked",
      resourceType: "users",
      resourceId: id,
      description,
      ownerId: id,
      actor,
    });
    return true;
  });
}

/**
 * Tells whether an account is locked; changes nothing.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @returns whether there is such a user, whether the account is locked, until when, and how many minutes that is
 * @throws {ValidationError} INVALID_INPUT when `userId` is no id
 * @example
 * const { locked, remainingMinutes } = await checkAccountLock(db, 1);
 */
export async function checkAccountLock(db: Handle, userId: number): Promise<AccountLock> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const user = await findLock.first(db, { userId: id });
  const free = { exists: user !== null, locked: false, lockedUntil: null, remainingMinutes: 0 };
  if (user === null) return free;
  const { status } = user;
  const { lockedUntil } = await withLockEnd(db, { id, lockedUntil: user.lockedUntil });
  if (lockedUntil === null) return status === "locked" ? { ...free, locked: true, remainingMinutes: null } : free;
  const remaining = lockedUntil.getTime() - db.clock.now().getTime();
  if (remaining <= 0) return free;
  return { exists: true, locked: true, lockedUntil, remainingMinutes: Math.ceil(remaining / minute) };
}
