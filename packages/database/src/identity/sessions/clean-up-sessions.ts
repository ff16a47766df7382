import { z } from "zod";
import { changeInBatches } from "../../database/batches.ts";
import { before, day } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { boundedInteger, parseInput } from "../../validation/input.ts";

const cleanupInput = z.strictObject({ retentionDays: boundedInteger({ min: 0, max: 3650 }).default(30) });

/** Sessions that one statement changes, so that no other writer waits for long. */
const batch = 1000;

const deactivateSome = statement((sql, p: { now: Date; batch: number }) =>
  sql
    .updateTable("sessions")
    .set({ is_active: false })
    .where("id", "in", (query) =>
      query
        .selectFrom("sessions")
        .select("id")
        .where("expires_at", "<=", p.now)
        .where("is_active", "=", true)
        .limit(p.batch),
    ),
);

const deleteSome = statement((sql, p: { expiredBefore: Date; batch: number }) =>
  sql
    .deleteFrom("sessions")
    .where("id", "in", (query) =>
      query.selectFrom("sessions").select("id").where("expires_at", "<=", p.expiredBefore).limit(p.batch),
    ),
);

/**
 * Deactivates the sessions that have expired, and deletes those that expired longer ago than they are kept. Meant to run
 * every hour; a session that expired counts no longer even before.
 *
 * @param db the database, or an open transaction
 * @param options `retentionDays`: days that an expired session is kept for investigations, 0 to 3650, default 30
 * @returns how many were deactivated, and how many deleted
 * @throws {ValidationError} INVALID_INPUT when `retentionDays` is out of bounds
 * @example
 * const { deactivated, deleted } = await cleanupExpiredSessions(db, { retentionDays: 30 });
 */
export async function cleanupExpiredSessions(
  db: Handle,
  options: z.input<typeof cleanupInput> = {},
): Promise<{ deactivated: number; deleted: number }> {
  const { retentionDays } = parseInput(cleanupInput, options);
  const now = db.clock.now();
  const expiredBefore = before(now, retentionDays * day);
  const deactivated = await changeInBatches(batch, () => deactivateSome.run(db, { now, batch }));
  const deleted = await changeInBatches(batch, () => deleteSome.run(db, { expiredBefore, batch }));
  return { deactivated, deleted };
}
