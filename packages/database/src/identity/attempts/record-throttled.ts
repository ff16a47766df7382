import { before, minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { transactionInGroup } from "../../database/in-groups.ts";
import { statement } from "../../database/statement.ts";
import type { FailedSignIn } from "../../security/group-failures.ts";
import { type LoginAttemptEntry, recordFailedAttempt } from "../../security/log-login-attempt.ts";
import { networkOf } from "../../validation/network.ts";
import { uncountedReasons } from "./sign-in-throttle.ts";

/** How long one row stands for all that are refused alike. Each sign-in to the address reads what a day has gathered. */
const windowMinutes = 60;
/** Rows of one e-mail address in that time, from however many networks. */
const mostRows = 10;

const latestThrottled = statement((sql, p: { email: string; since: Date }) =>
  sql
    .selectFrom("login_attempts")
    .select("network")
    .where("email", "=", p.email)
    .where("attempted_at", ">", p.since)
    .where("failure_reason", "=", uncountedReasons.throttled)
    .orderBy("attempted_at", "desc")
    .orderBy("id", "desc")
    .limit(mostRows),
);

type Throttled = Pick<LoginAttemptEntry, "email" | "ipAddress" | "userAgent" | "provedBy" | "userId">;

async function isRecorded(db: Handle, { email, ipAddress }: Pick<Throttled, "email" | "ipAddress">): Promise<boolean> {
  const since = before(db.clock.now(), windowMinutes * minute);
  const found = await latestThrottled.all(db, { email, since });
  const network = networkOf(ipAddress);
  return found.length >= mostRows || found.some((row) => row.network === network);
}

/**
 * Records an attempt that was refused unseen after too many failures: the first of an hour from each network, for at most ten
 * networks. The rest of a flood says nothing new, and must cost no more than reading that. (The log of the process has each.)
 *
 * @param attempt `userId` is for what is told alone: the rule looks at attempts, and answers alike whether or not there is an account
 * @returns what `tellOfFailure` has to be told: there each one counts
 */
export async function recordThrottled(
  db: Handle,
  { email, ipAddress, userAgent, provedBy, userId }: Throttled,
): Promise<FailedSignIn> {
  const attempt = { email, ipAddress, userAgent, provedBy };
  const reason = uncountedReasons.throttled;
  // Without a lock first: of a flood almost every attempt finds its row there.
  if (!(await isRecorded(db, attempt))) {
    await transactionInGroup(db, async (tx) => {
      if (await isRecorded(tx, attempt)) return;
      await recordFailedAttempt(tx, { ...attempt, failureReason: reason });
    });
  }
  return { email, ipAddress, userAgent, userId, reason };
}
