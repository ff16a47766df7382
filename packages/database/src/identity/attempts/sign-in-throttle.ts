import type { ExpressionBuilder } from "kysely";
import { z } from "zod";
import { after, before, clockTolerance, day, minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import type { Schema } from "../../schema/tables.ts";
import { networkOf } from "../../validation/network.ts";
import { boundedInteger } from "../../validation/input.ts";

/**
 * When sign-in to an e-mail address is refused for a time, as a field of an input: after `failures` within `windowMinutes`, for
 * `firstLockMinutes` from the last of them, and for twice as long after each further failure of the same day, up to
 * `lockMinutes`. What is not given is as the account policy of the handle says.
 *
 * The rule looks at nothing but `login_attempts`, so that it answers alike whether or not there is an account. It is
 * also why an attacker cannot lock anybody out:
 *
 * - it refuses sign-in only: sessions and API keys that exist go on working (an account that is to stop altogether is
 *   locked with `lockUserAccount`, or suspended);
 * - a known device, a live session, and a network from which the same e-mail address signed in within the last 30 days are
 *   each judged by their own failures alone, whatever happens elsewhere;
 * - what is refused counts for nothing, so a flood does not make it last;
 * - a new password, by reset for example, and an administrator's unlocking forget the failures until then.
 *
 * @see OWASP ASVS 5.0, 6.1.1, 6.3.1; NIST SP 800-63B-4, 3.2.2
 */
export const lockoutField = z
  .strictObject({
    failures: boundedInteger({ min: 1, max: 100 }).optional(),
    windowMinutes: boundedInteger({ min: 1, max: 1440 }).optional(),
    firstLockMinutes: boundedInteger({ min: 1, max: 1440 }).optional(),
    lockMinutes: boundedInteger({ min: 1, max: 1440 }).optional(),
  })
  .prefault({});

export type Lockout = z.output<typeof lockoutField>;

/** Days that a network counts as one of the user's own after a sign-in from it. */
const ownNetworkDays = 30;

/** Failures that are looked at, at most: 100, and one for each time that the delay doubles on the way to a day. */
const mostFailures = 100 + 11;

/** Reasons of failed attempts at which nothing was guessed; they count for nothing. */
export const uncountedReasons = {
  throttled: "too many attempts",
  locked: "account locked",
  suspended: "account suspended",
  unverified: "e-mail not verified",
  firstPasswordEnded: "first password ended",
} as const;

/** Whose failures count: those of a proof, of a network, or all for the address. */
interface Judged {
  readonly email: string;
  readonly network?: string;
  readonly ipAddress?: string;
  readonly provedBy?: string;
}

type Attempts = ExpressionBuilder<Schema & { failure: Schema["login_attempts"] }, "login_attempts" | "failure">;

/** Attempts from before networks were recorded are compared by their addresses. */
const isOfNetwork = (eb: Attempts, table: "login_attempts" | "failure", p: { network: string; ipAddress: string }) =>
  eb.or([
    eb(`${table}.network`, "=", p.network),
    eb.and([eb(`${table}.network`, "is", null), eb(`${table}.ip_address`, "=", p.ipAddress)]),
  ]);

const findOwnSignIn = statement((sql, p: { email: string; network: string; ipAddress: string; since: Date }) =>
  sql
    .selectFrom("login_attempts")
    .select("id")
    .where("email", "=", p.email)
    .where("success", "=", true)
    .where("attempted_at", ">", p.since)
    .where((eb) => isOfNetwork(eb as never, "login_attempts", p))
    .limit(1),
);

interface FailureQuery extends Judged {
  since: Date;
  /** Failures after it were noted by a clock that was ahead: they count for nothing, or an account stayed locked until then. */
  until: Date;
}

/**
 * Failures that neither a later success from the same place nor somebody who may has settled, latest first. The successes are
 * gathered once, one for each place: looked for again at each failure, those of a day held sign-in up for seconds.
 */
const latestFailures = shapedStatement((sql, p: FailureQuery) => {
  const counted = sql
    .with(
      (cte) => cte("settled").materialized(),
      (qb) =>
        qb
          .selectFrom("login_attempts")
          .select(["ip_address", "network", "proved_by", (eb) => eb.fn.max("id").as("id")])
          .where("email", "=", p.email)
          .where("success", "=", true)
          .where("attempted_at", ">", p.since)
          .groupBy(["ip_address", "network", "proved_by"]),
    )
    .selectFrom("login_attempts as failure")
    .select("failure.attempted_at")
    .where("failure.email", "=", p.email)
    .where("failure.success", "=", false)
    .where("failure.forgotten_at", "is", null)
    .where("failure.attempted_at", ">", p.since)
    .where("failure.attempted_at", "<", p.until)
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
            .selectFrom("settled")
            .select("settled.id")
            .whereRef("settled.id", ">", "failure.id")
            .where((same) =>
              same.or([
                same("settled.ip_address", "=", same.ref("failure.ip_address")),
                same("settled.network", "=", same.ref("failure.network")),
                same("settled.proved_by", "=", same.ref("failure.proved_by")),
              ]),
            ),
        ),
      ),
    )
    .orderBy("failure.attempted_at", "desc")
    .orderBy("failure.id", "desc")
    .limit(mostFailures);
  const { provedBy, network, ipAddress } = p;
  if (provedBy !== undefined) return counted.where("failure.proved_by", "=", provedBy);
  if (network === undefined || ipAddress === undefined) return counted;
  return counted.where((eb) => isOfNetwork(eb as never, "failure", { network, ipAddress }));
});

/** An attempt, as far as it matters who is refused. */
interface Origin {
  readonly email: string;
  readonly ipAddress: string;
  readonly provedBy?: string | undefined;
}

/**
 * Finds until when sign-in to an e-mail address is refused to whoever asks from this IP address, with what they have proved.
 *
 * @returns null when it is not refused
 */
export async function findThrottleEnd(db: Handle, origin: Origin, lockout: Lockout): Promise<Date | null> {
  const { email, ipAddress, provedBy } = origin;
  if (provedBy !== undefined) return endOf(db, { email, provedBy }, lockout);
  const isOwn = await isOwnNetwork(db, origin);
  return endOf(db, isOwn ? { email, ipAddress, network: networkOf(ipAddress) } : { email }, lockout);
}

/** Whether the same e-mail address signed in lately from the network that an IP address is of. */
export async function isOwnNetwork(db: Handle, { email, ipAddress }: Origin): Promise<boolean> {
  const since = before(db.clock.now(), ownNetworkDays * day);
  const wanted = { email, ipAddress, network: networkOf(ipAddress), since };
  return (await findOwnSignIn.first(db, wanted)) !== null;
}

/** Finds until when sign-in to an e-mail address is refused to whoever has proved nothing; null when it is not. */
export function findStrangersEnd(db: Handle, email: string, lockout: Lockout): Promise<Date | null> {
  return endOf(db, { email }, lockout);
}

async function endOf(db: Handle, judged: Judged, lockout: Lockout): Promise<Date | null> {
  const policy = db.accountPolicy;
  const { failures = policy.lockoutFailures, windowMinutes = policy.lockoutWindowMinutes } = lockout;
  const { firstLockMinutes = policy.firstLockoutMinutes, lockMinutes = policy.longestLockoutMinutes } = lockout;
  const now = db.clock.now();
  const lookedBack = Math.max(day, (windowMinutes + lockMinutes) * minute);
  const until = after(now, clockTolerance);
  const found = await latestFailures.all(db, { ...judged, since: before(now, lookedBack), until });
  const [last] = found;
  const first = found[failures - 1];
  if (last === undefined || first === undefined) return null;
  const delay = Math.min(lockMinutes, firstLockMinutes * 2 ** (found.length - failures)) * minute;
  const end = after(last.attemptedAt < now ? last.attemptedAt : now, delay);
  const areClose = last.attemptedAt.getTime() - first.attemptedAt.getTime() <= windowMinutes * minute;
  return areClose && end > now ? end : null;
}
