import { z } from "zod";
import { before, minute } from "../database/durations.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { holdName } from "../database/hold.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { boundedInteger, ipAddress, parseInput } from "../validation/input.ts";
import { loggedEmail } from "./logged-text.ts";
import { logSecurityEvent } from "./log-security-event.ts";

/** Newest attempts of a subject that are looked at, so that an attack cannot make looking at it expensive. */
const mostAttempts = 1000;

const bruteForceInput = z
  .strictObject({
    email: loggedEmail().optional(),
    ipAddress: ipAddress().optional(),
    windowMinutes: boundedInteger({ min: 1, max: 10_080 }).default(15),
    threshold: boundedInteger({ min: 1, max: mostAttempts }).default(5),
  })
  .refine((given) => given.email !== undefined || given.ipAddress !== undefined, {
    path: ["email"],
    message: "is required where there is no ipAddress",
  });

/** What `detectBruteForce` looks for. */
export type BruteForceOptions = z.input<typeof bruteForceInput>;

/** What `detectBruteForce` found. */
export interface BruteForceVerdict {
  /** Whether either count has reached the threshold. */
  detected: boolean;
  /** Failed sign-ins for the e-mail address; 0 when none was given. */
  emailAttempts: number;
  /** Failed sign-ins from the IP address; 0 when none was given. */
  ipAttempts: number;
  /** Whether the account should be locked: its own count, not that of the IP address, has reached the threshold. */
  shouldLock: boolean;
}

/** Who is attacked, or who attacks, by the column that both tables call the same. */
interface Subject {
  readonly column: "email" | "ip_address";
  readonly value: string;
}

interface Window {
  value: string;
  since: Date;
}

/** Failures that no success of the same e-mail address from the same IP address followed. */
const failuresBy = (column: Subject["column"]) =>
  statement((sql, { value, since }: Window) =>
    sql
      .with("recent", (cte) =>
        cte
          .selectFrom("login_attempts")
          .select(["id", "email", "ip_address", "success"])
          .where(column, "=", value)
          .where("attempted_at", ">", since)
          .orderBy("attempted_at", "desc")
          .orderBy("id", "desc")
          .limit(mostAttempts),
      )
      .with("successes", (cte) =>
        cte
          .selectFrom("recent")
          .select(({ fn }) => ["email", "ip_address", fn.max("id").as("last_id")])
          .where("success", "=", true)
          .groupBy(["email", "ip_address"]),
      )
      .selectFrom("recent")
      .leftJoin("successes", (join) =>
        join
          .onRef("successes.email", "=", "recent.email")
          .onRef("successes.ip_address", "=", "recent.ip_address")
          .onRef("successes.last_id", ">", "recent.id"),
      )
      .select(({ fn }) => fn.countAll<number>().as("attempts"))
      .where("recent.success", "=", false)
      .where("successes.last_id", "is", null),
  );

const reportOf = (column: Subject["column"]) =>
  statement((sql, { value, since }: Window) =>
    sql
      .selectFrom("security_events")
      .select("id")
      .where(column, "=", value)
      .where("event_type", "=", "brute_force_detected")
      .where("created_at", ">", since)
      .limit(1),
  );

const countFailures = { email: failuresBy("email"), ip_address: failuresBy("ip_address") };
const findReport = { email: reportOf("email"), ip_address: reportOf("ip_address") };

async function attemptsOf(db: Handle, column: Subject["column"], value: string | undefined, since: Date) {
  if (value === undefined) return 0;
  const row = await countFailures[column].first(db, { value, since });
  return row?.attempts ?? 0;
}

async function withoutReport(db: Handle, subjects: readonly Subject[], since: Date): Promise<Subject[]> {
  const found: Subject[] = [];
  for (const subject of subjects) {
    const { column, value } = subject;
    if ((await findReport[column].first(db, { value, since })) === null) found.push(subject);
  }
  return found;
}

function describe({ column, value }: Subject, verdict: BruteForceVerdict): string {
  return column === "email"
    ? `${verdict.emailAttempts} failed sign-ins for ${value}`
    : `${verdict.ipAttempts} failed sign-ins from ${value}`;
}

async function report(
  tx: Transaction,
  subjects: readonly Subject[],
  { verdict, since, metadata }: { verdict: BruteForceVerdict; since: Date; metadata: Record<string, number> },
): Promise<void> {
  for (const { column, value } of subjects) await holdName(tx, `brute force ${column} ${value}`);
  const unreported = await withoutReport(tx, subjects, since);
  if (unreported.length === 0) return;
  const valueOf = (wanted: Subject["column"]) => unreported.find(({ column }) => column === wanted)?.value;
  await logSecurityEvent(tx, {
    eventType: "brute_force_detected",
    severity: "high",
    description: `${unreported.map((subject) => describe(subject, verdict)).join(", ")} within ${metadata["windowMinutes"]} minutes`,
    email: valueOf("email"),
    ipAddress: valueOf("ip_address"),
    metadata,
  });
}

/**
 * Tells whether somebody is trying passwords: counts the failed sign-ins of a window for an e-mail address (whatever
 * its case), from an IP address, or both. Failures before a success of the same e-mail address from the same IP address
 * are that user's own and do not count; a success elsewhere does not help an attacker. Counting stops at 1000.
 *
 * Logs one `brute_force_detected` event per window for each e-mail and IP address that is over the threshold. Locks
 * nobody; call it after `logLoginAttempt`.
 *
 * @param db the database, or an open transaction
 * @param options `email`, `ipAddress` (at least one), `windowMinutes` (1 to 10080, default 15) and `threshold` (1 to
 *   1000, default 5)
 * @returns how many failures there were of each, whether one of them is over the threshold (`detected`), and whether that
 *   of the e-mail address is (`shouldLock`)
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { detected, shouldLock } = await detectBruteForce(db, { email: "ada@example.org", ipAddress: "192.0.2.7" });
 */
export async function detectBruteForce(db: Handle, options: BruteForceOptions): Promise<BruteForceVerdict> {
  const { email, ipAddress: address, windowMinutes, threshold } = parseInput(bruteForceInput, options);
  const since = before(db.clock.now(), windowMinutes * minute);
  const emailAttempts = await attemptsOf(db, "email", email, since);
  const ipAttempts = await attemptsOf(db, "ip_address", address, since);
  const shouldLock = emailAttempts >= threshold;
  const verdict = { detected: shouldLock || ipAttempts >= threshold, emailAttempts, ipAttempts, shouldLock };

  const subjects: Subject[] = [];
  if (email !== undefined && shouldLock) subjects.push({ column: "email", value: email });
  if (address !== undefined && ipAttempts >= threshold) subjects.push({ column: "ip_address", value: address });
  // A look without a lock first: during an attack almost every call finds its event there.
  const unreported = await withoutReport(db, subjects, since);
  if (unreported.length > 0) {
    const metadata = { emailAttempts, ipAttempts, windowMinutes, threshold };
    await transaction(db, (tx) => report(tx, unreported, { verdict, since, metadata }));
  }
  return verdict;
}
