import type { Examiner } from "../../engines/port/upkeep.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
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

/** How far two clocks may be apart that are set by the network, in milliseconds. */
const mostApart = 10_000;

/**
 * Measures how far the machine's clock is ahead of the one of the database's machine, in milliseconds; negative where it is behind.
 *
 * @returns null where there is one clock only, or the handle was given another than the machine's
 */
export async function measureClockGap(clock: Clock, examiner: Examiner): Promise<number | null> {
  if (clock !== systemClock) return null;
  const asked = clock.now().getTime();
  const theirs = (await examiner.readTime())?.getTime();
  const answered = clock.now().getTime();
  if (theirs === undefined) return null;
  // It was read at some moment between the two.
  return theirs < asked ? asked - theirs : Math.min(0, answered - theirs);
}

/** One sentence for an operator; undefined where the clocks agree. */
export function describeClockGap(gapMs: number | null): string | undefined {
  if (gapMs === null || Math.abs(gapMs) <= mostApart) return undefined;
  const where = gapMs > 0 ? "ahead of" : "behind";
  return `The clock of this machine is ${Math.round(Math.abs(gapMs) / 1000)} seconds ${where} the database server's: one of them is not set by the network.`;
}
