import { anyTable } from "../../database/any-table.ts";
import { isAhead } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { tableExists } from "../../migrations/applied.ts";

/** A time that lies ahead of the clock. */
export interface TimeAhead {
  readonly table: string;
  readonly column: string;
  /** The latest of the column. */
  readonly latest: Date;
}

/** What is written all the time, so that it tells of a clock that was wrong; each is found by an index, or has few rows. */
const places = [
  ["audit_logs", "created_at"],
  ["security_events", "created_at"],
  ["login_attempts", "attempted_at"],
  ["maintenance_jobs", "finished_at"],
] as const;

/**
 * Looks for stored times that lie ahead of the clock: either it is behind now, or it was ahead once.
 *
 * @param db the database, or an open transaction
 * @returns the columns that hold such times, with the latest of each
 * @example
 * const ahead = await findTimesAhead(db);
 * if (ahead.length > 0) console.warn("The clock is wrong, or was.");
 */
export async function findTimesAhead(db: Handle): Promise<TimeAhead[]> {
  const now = db.clock.now();
  const found: TimeAhead[] = [];
  for (const [table, column] of places) {
    if (!(await tableExists(db, table))) continue;
    const query = anyTable(db)
      .selectFrom(table)
      .select(column)
      .where(column, "is not", null)
      .orderBy(column, "desc")
      .limit(1);
    const [latest] = Object.values((await fetchFirst(db, query)) ?? {});
    if (latest instanceof Date && isAhead(latest, now)) found.push({ table, column, latest });
  }
  return found;
}

/** One sentence for an operator. */
export function describeTimesAhead(times: readonly TimeAhead[]): string {
  const latest = new Date(Math.max(...times.map(({ latest: time }) => time.getTime())));
  const columns = times.map(({ table, column }) => `${table}.${column}`).join(", ");
  return `The clock is behind, or was ahead once: the database holds times up to ${latest.toISOString()} (${columns}).`;
}
