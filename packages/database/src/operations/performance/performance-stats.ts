import type { Handle } from "../../database/handle.ts";
import { percentileOf } from "../../engines/shared/duration-histogram.ts";
import type { StatementTimes } from "../../engines/shared/performance-log.ts";

/** One run of a query. */
export interface RecentQuery {
  /** With placeholders; values are never kept. */
  readonly query: string;
  readonly durationMs: number;
  /** Rows that it returned or changed. */
  readonly rows: number;
}

/** How long the queries of a handle took, since it was opened or the log was cleared. */
export interface PerformanceStats {
  readonly totalQueries: number;
  readonly averageMs: number;
  /** Half of the queries were faster; within 6 %, as is `p95Ms`. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** Queries that took longer than a second. */
  readonly slowQueries: number;
  readonly failedQueries: number;
  /** The last ten, newest first. */
  readonly recentQueries: readonly RecentQuery[];
}

/** Milliseconds with the precision that they are measured in. */
function round(ms: number): number {
  return Math.round(ms * 10_000) / 10_000;
}

/** What is told of the runs of one statement, or of all. */
export function summaryOf({ count, totalMs, maxMs, durations }: StatementTimes) {
  const percentile = (part: number) => round(Math.min(percentileOf(durations, part), maxMs));
  return {
    averageMs: count === 0 ? 0 : round(totalMs / count),
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    maxMs: round(maxMs),
  };
}

/**
 * Tells how long the queries took that ran through this handle, in this process. On SQLite that is the time that a query
 * ran, without waiting for locks; on PostgreSQL the time until its answer, without waiting for a
 * connection.
 *
 * @param db the database, or an open transaction
 * @returns counts and times; zeros when the handle was opened with `performanceLog: false`
 * @example
 * const { totalQueries, p95Ms } = getPerformanceStats(db);
 * console.log(totalQueries, p95Ms);
 */
export function getPerformanceStats(db: Handle): PerformanceStats {
  const log = db.connection.performance;
  const total = log.total();
  return {
    totalQueries: total.count,
    ...summaryOf(total),
    slowQueries: total.slow,
    failedQueries: total.failed,
    recentQueries: log
      .recent()
      .map(({ text, durationMs, rows }) => ({ query: text, durationMs: round(durationMs), rows })),
  };
}

/**
 * Forgets every query that the handle has timed so far.
 *
 * @param db the database, or an open transaction
 * @example
 * clearPerformanceLog(db);
 */
export function clearPerformanceLog(db: Handle): void {
  db.connection.performance.clear();
}
