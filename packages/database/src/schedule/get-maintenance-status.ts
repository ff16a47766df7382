import { isAhead } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { isHeld, type JobRow, listJobRows } from "./job-table.ts";
import { maintenanceJobs } from "./job-list.ts";
import { latestDue, type MaintenancePeriod, nextDue } from "./periods.ts";

/** A job, with its last run and its next. */
export interface MaintenanceJobStatus {
  readonly name: string;
  readonly period: MaintenancePeriod;
  /** What it does, in a sentence. */
  readonly description: string;
  /** From when on a schedule runs it. */
  readonly nextRunAt: Date;
  /** Who runs it now; null when nobody does. */
  readonly runningOn: string | null;
  /** How its last run ended; null before the first. */
  readonly lastOutcome: "done" | "failed" | "skipped" | null;
  readonly lastFinishedAt: Date | null;
  readonly lastSucceededAt: Date | null;
  readonly lastDurationMs: number | null;
  readonly lastResult: JsonValue;
  /** Code and message of the last run's failure. */
  readonly lastError: JsonValue;
  /** How often it has failed. */
  readonly failures: number;
}

/**
 * Tells of every job of the upkeep how its last run ended, and when the next is due.
 *
 * @param db the database, or an open transaction
 * @returns the jobs, in the order in which they run
 * @example
 * const failing = (await getMaintenanceStatus(db)).filter(({ lastOutcome }) => lastOutcome === "failed");
 */
export async function getMaintenanceStatus(db: Handle): Promise<MaintenanceJobStatus[]> {
  const rows = new Map((await listJobRows(db)).map((row) => [row.id, row]));
  const now = db.clock.now();
  return maintenanceJobs.map(({ name, period, description }) => {
    const row = rows.get(name);
    return { name, period, description, nextRunAt: dueOf(row, period, now), ...describe(row, now) };
  });
}

/** One that was put off by a clock that was ahead is due now. */
function dueOf(row: JobRow | undefined, period: MaintenancePeriod, now: Date): Date {
  if (row === undefined) return nextDue(period, now);
  return row.dueAt > latestDue(period, now) ? now : row.dueAt;
}

/** A job that has never run. */
const neverRun = {
  runningOn: null,
  lastOutcome: null,
  lastFinishedAt: null,
  lastSucceededAt: null,
  lastDurationMs: null,
  lastResult: null,
  lastError: null,
  failures: 0,
};

function describe(row: JobRow | undefined, now: Date) {
  if (row === undefined) return neverRun;
  return {
    runningOn: isHeld(row, now) ? row.holder : null,
    lastOutcome: row.outcome,
    lastFinishedAt: pastOf(row.finishedAt, now),
    lastSucceededAt: pastOf(row.succeededAt, now),
    lastDurationMs: row.durationMs,
    lastResult: row.result,
    lastError: row.error,
    failures: row.failures,
  };
}

/** A time; null for one of the future, which counts as never. */
function pastOf(time: Date | null, now: Date): Date | null {
  return time === null || isAhead(time, now) ? null : time;
}
