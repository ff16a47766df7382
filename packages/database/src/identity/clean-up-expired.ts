import { changeInBatches } from "../database/batches.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";

/** Rows that one statement deletes. */
const batch = 1000;

const deleteExpired = (table: "password_reset_links" | "known_devices") =>
  statement((sql, p: { now: Date; batch: number }) =>
    sql
      .deleteFrom(table)
      .where("id", "in", (query) =>
        query.selectFrom(table).select("id").where("expires_at", "<=", p.now).orderBy("expires_at").limit(p.batch),
      )
      // A device may have been used since the look at it.
      .where("expires_at", "<=", p.now),
  );

const deleteLinks = deleteExpired("password_reset_links");
const deleteDevices = deleteExpired("known_devices");

/** How many links and devices are gone. */
export interface CleanedUpProofs {
  links: number;
  devices: number;
}

/**
 * Deletes links to choose a new password, invitations among them, and known devices whose time is over. They counted for nothing any
 * more.
 *
 * @param db the database, or an open transaction; outside a transaction other writers get their turn in between
 * @returns how many of each are gone
 * @example
 * const { links, devices } = await cleanupExpiredProofs(db);
 */
export async function cleanupExpiredProofs(db: Handle): Promise<CleanedUpProofs> {
  const now = db.clock.now();
  return {
    links: await changeInBatches(batch, () => deleteLinks.run(db, { now, batch })),
    devices: await changeInBatches(batch, () => deleteDevices.run(db, { now, batch })),
  };
}
