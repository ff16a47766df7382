import { z } from "zod";
import { actorField } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import { changeInBatches } from "../database/batches.ts";
import { before, day } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";

/**
 * Days that the security log keeps something, as a field of an input. For 30 days a sign-in makes its network the user's own, and
 * lockouts look back 3.
 */
export const keptDays = () => boundedInteger({ min: 31, max: 36_500 });

const cleanUpInput = z.strictObject({
  attemptDays: keptDays().default(90),
  eventDays: keptDays().default(365),
  actor: actorField,
});

/** How long attempts and events are kept, and who lets them go. */
export type CleanUpSecurityLogOptions = z.input<typeof cleanUpInput>;

/** How many attempts to sign in and how many security events are gone. */
export interface CleanedUpSecurityLog {
  attempts: number;
  events: number;
}

/** Rows that one statement deletes: each is in some eight indexes, and on SQLite everything waits for it. */
const batch = 500;

/** Events that tell of an attempt once more, with the same addresses: they go when it does. */
const attemptEvents = ["login_success", "login_failed"] as const;

const deleteAttempts = statement((sql, { until }: { until: Date }) =>
  sql
    .deleteFrom("login_attempts")
    .where("id", "in", (query) =>
      query
        .selectFrom("login_attempts")
        .select("id")
        .where("attempted_at", "<", until)
        .orderBy("attempted_at")
        .orderBy("id")
        .limit(batch),
    ),
);

const deleteAttemptEvents = (eventType: (typeof attemptEvents)[number]) =>
  statement((sql, { until }: { until: Date }) =>
    sql
      .deleteFrom("security_events")
      .where("id", "in", (query) =>
        query
          .selectFrom("security_events")
          .select("id")
          .where("event_type", "=", eventType)
          .where("created_at", "<", until)
          .orderBy("created_at")
          .orderBy("id")
          .limit(batch),
      ),
  );

/** What nobody has seen yet and is critical stays; strangers cause no event of that severity, so it does not pile up. */
const deleteEvents = statement((sql, { until }: { until: Date }) =>
  sql.deleteFrom("security_events").where("id", "in", (query) =>
    query
      .selectFrom("security_events")
      .select("id")
      .where("created_at", "<", until)
      .where((where) => where.or([where("severity", "!=", "critical"), where("acknowledged", "=", true)]))
      .orderBy("created_at")
      .orderBy("id")
      .limit(batch),
  ),
);

const deletionsByAttempt = attemptEvents.map(deleteAttemptEvents);

/**
 * Deletes old attempts to sign in and old security events for good. The events `login_success` and `login_failed` tell of an attempt,
 * and go with it; a critical event stays until somebody has acknowledged it.
 *
 * @param db the database, or an open transaction; outside a transaction other writers get their turn in between
 * @param options `attemptDays` that attempts are kept (31 to 36500, default 90), `eventDays` that events are (the same, default
 *   365), `actor`
 * @returns how many of each are gone
 * @throws {ValidationError} INVALID_INPUT with the field at fault; fewer days would let failures count no longer that still do
 * @example
 * const { attempts, events } = await cleanupSecurityLog(db, { attemptDays: 90, eventDays: 365 });
 */
export async function cleanupSecurityLog(
  db: Handle,
  options: CleanUpSecurityLogOptions = {},
): Promise<CleanedUpSecurityLog> {
  const { attemptDays, eventDays, actor } = parseInput(cleanUpInput, options);
  const now = db.clock.now();
  const attemptsUntil = { until: before(now, attemptDays * day) };
  const eventsUntil = { until: before(now, eventDays * day) };
  const attempts = await changeInBatches(batch, () => deleteAttempts.run(db, attemptsUntil));
  let events = 0;
  for (const deleteSome of deletionsByAttempt) {
    events += await changeInBatches(batch, () => deleteSome.run(db, attemptsUntil));
  }
  events += await changeInBatches(batch, () => deleteEvents.run(db, eventsUntil));
  if (attempts + events > 0) {
    await logAudit(db, {
      action: "security_log_cleaned",
      metadata: { attemptDays, eventDays, attempts, events },
      actor,
    });
  }
  return { attempts, events };
}
