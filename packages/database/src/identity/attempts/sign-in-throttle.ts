import { z } from "zod";
import { after, before, clockTolerance, day, minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import { boundedInteger } from "../../validation/input.ts";
import { hasEmail } from "../account/has-email.ts";

/**
 * When sign-in to an e-mail address is refused for a time, as a field of an input: after `failures` (default 5) within
 * `windowMinutes` (default 15), for `lockMinutes` (default 30) from the last of them.
 *
 * The rule looks at nothing but `login_attempts`, so that it answers alike whether or not there is an account. It is
 * also why an attacker cannot lock anybody out:
 *
 * - it refuses sign-in only: sessions and API keys that exist go on working (an account that is to stop altogether is
 *   locked with `lockUserAccount`, or suspended);
 * - an IP address from which the same e-mail address signed in within the last 30 days is judged by its own failures
 *   alone, whatever happens elsewhere;
 * - what is refused counts for nothing, so a flood does not make it last;
 * - a new password, by reset for example, forgets the failures against the old one.
 *
 * @see OWASP ASVS 5.0, 6.1.1, 6.3.1
 */
export const lockoutField = z
  .strictObject({
    failures: boundedInteger({ min: 1, max: 100 }).default(5),
    windowMinutes: boundedInteger({ min: 1, max: 1440 }).default(15),
    lockMinutes: boundedInteger({ min: 1, max: 1440 }).default(30),
  })
  .prefault({});

export type Lockout = z.output<typeof lockoutField>;

/** Days that an IP address counts as one of the user's own after a sign-in from it. */
const ownAddressDays = 30;

/** Reasons of failed attempts at which nothing was guessed; they count for nothing. */
export const uncountedReasons = {
  throttled: "too many attempts",
  locked: "account locked",
  suspended: "account suspended",
  unverified: "e-mail not verified",
} as const;

interface Origin {
  readonly email: string;
  readonly ipAddress: string;
}

const findOwnSignIn = statement((sql, p: Origin & { since: Date }) =>
  sql
    .selectFrom("login_attempts")
    .select("id")
    .where("email", "=", p.email)
    .where("ip_address", "=", p.ipAddress)
    .where("success", "=", true)
    .where("attempted_at", ">", p.since)
    .limit(1),
);

interface FailureQuery {
  email: string;
  ipAddress?: string | undefined;
  since: Date;
  /** Attempts after it were noted by a clock that was ahead: they count for nothing, or an account stayed locked until then. */
  until: Date;
  failures: number;
}

/** Failures that neither a later success from the same address nor a new password has settled, latest first. */
const latestFailures = shapedStatement((sql, p: FailureQuery) => {
  const counted = sql
    .selectFrom("login_attempts as failure")
    .select("failure.attempted_at")
    .where("failure.email", "=", p.email)
    .where("failure.success", "=", false)
    .where("failure.attempted_at", ">", p.since)
    .where("failure.attempted_at", "<=", p.until)
    .where((eb) =>
      eb.or([
        eb("failure.failure_reason", "is", null),
        eb("failure.failure_reason", "not in", Object.values(uncountedReasons)),
      ]),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("login_attempts as later")
            .select("later.id")
            .whereRef("later.email", "=", "failure.email")
            .whereRef("later.ip_address", "=", "failure.ip_address")
            .where("later.success", "=", true)
            .where("later.attempted_at", ">", p.since)
            .whereRef("later.id", ">", "failure.id"),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("users")
            .select("users.id")
            .where(hasEmail(p.email))
            .whereRef("users.last_password_change", ">", "failure.attempted_at"),
        ),
      ),
    )
    .orderBy("failure.attempted_at", "desc")
    .orderBy("failure.id", "desc")
    .limit(p.failures);
  return p.ipAddress === undefined ? counted : counted.where("failure.ip_address", "=", p.ipAddress);
});

/**
 * Finds until when sign-in to an e-mail address is refused to whoever asks from this IP address.
 *
 * @returns null when it is not refused
 */
export async function findThrottleEnd(db: Handle, origin: Origin, lockout: Lockout): Promise<Date | null> {
  const { failures, windowMinutes, lockMinutes } = lockout;
  const { email, ipAddress } = origin;
  const now = db.clock.now();
  const isOwnAddress =
    (await findOwnSignIn.first(db, { email, ipAddress, since: before(now, ownAddressDays * day) })) !== null;
  const latest = await latestFailures.all(db, {
    email,
    ipAddress: isOwnAddress ? ipAddress : undefined,
    since: before(now, (windowMinutes + lockMinutes) * minute),
    until: after(now, clockTolerance),
    failures,
  });
  const [last] = latest;
  const first = latest[failures - 1];
  if (last === undefined || first === undefined) return null;
  const end = after(last.attemptedAt, lockMinutes * minute);
  const areClose = last.attemptedAt.getTime() - first.attemptedAt.getTime() <= windowMinutes * minute;
  return areClose && end > now ? end : null;
}
