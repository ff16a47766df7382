import { changeInBatches } from "../../database/batches.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";

/** Keys that one statement changes. */
const batch = 1000;

const deactivateSome = statement((sql, p: { now: Date; batch: number }) =>
  sql
    .updateTable("api_keys")
    .set({ is_active: false })
    .where("id", "in", (query) =>
      query
        .selectFrom("api_keys")
        .select("id")
        .where("expires_at", "<=", p.now)
        .where("is_active", "=", true)
        .limit(p.batch),
    ),
);

/**
 * Deactivates the API keys that have expired. They count no longer even before; afterwards no list shows them as active.
 *
 * @param db the database, or an open transaction
 * @returns how many were deactivated
 * @example
 * const { deactivated } = await cleanupExpiredApiKeys(db);
 */
export async function cleanupExpiredApiKeys(db: Handle): Promise<{ deactivated: number }> {
  const now = db.clock.now();
  return { deactivated: await changeInBatches(batch, () => deactivateSome.run(db, { now, batch })) };
}
