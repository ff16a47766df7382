import type { Handle } from "../../database/handle.ts";
import type { Examiner, Orphan } from "../../engines/port/upkeep.ts";
import { messageOf } from "./failure.ts";

/** More violations than this are counted and not listed. */
const maxListed = 100;

export interface ForeignKeyCheck {
  readonly healthy: boolean;
  /** All violations, those not listed included. */
  readonly total: number;
  /** The first hundred. */
  readonly violations: readonly Orphan[];
  /** Why rows could not be compared. */
  readonly errors: readonly string[];
}

/**
 * Looks for rows that refer to rows that do not exist. The database refuses to make such rows, but a tool that switches
 * foreign keys off, a replica, or damage leaves them behind.
 *
 * @param db the database, or an open transaction
 * @returns the verdict; never throws for an unhealthy database
 * @example
 * const { violations } = await checkForeignKeyConstraints(db);
 * for (const { table, rowId, parent } of violations) console.error(table, rowId, parent);
 */
export async function checkForeignKeyConstraints(db: Handle): Promise<ForeignKeyCheck> {
  try {
    return await db.connection.upkeep.examine(examineForeignKeys);
  } catch (error) {
    return foreignKeysUnreadable(messageOf(error));
  }
}

/** The verdict on foreign keys that could not be looked at. */
export function foreignKeysUnreadable(message: string): ForeignKeyCheck {
  return { healthy: false, total: 0, violations: [], errors: [message] };
}

/** Checks every foreign key with an examiner that is at work already. */
export async function examineForeignKeys(examiner: Examiner): Promise<ForeignKeyCheck> {
  const { total, orphans, faults } = await examiner.findOrphans(maxListed);
  const errors = faults.map(({ message }) => message);
  return { healthy: total === 0 && errors.length === 0, total, violations: orphans, errors };
}
