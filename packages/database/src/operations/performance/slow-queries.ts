import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { slowMs } from "../../engines/shared/performance-log.ts";
import * as input from "../../validation/input.ts";
import { summaryOf } from "./performance-stats.ts";

/** A statement that took long at least once. */
export interface SlowQuery {
  /** With placeholders; values are never kept. */
  readonly query: string;
  /** How often it ran, fast or slow. */
  readonly count: number;
  readonly failed: number;
  /** Rows that all runs returned or changed. */
  readonly rows: number;
  readonly averageMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** How the engine would run it now, for any values; null where that cannot be told. */
  readonly plan: string | null;
}

const options = z.strictObject({
  thresholdMs: z.number().min(0).default(slowMs),
  limit: input.limit(),
});

/**
 * Lists the statements that took longer than a threshold at least once, slowest first, each with its plan.
 *
 * @param db the database, or an open transaction
 * @param wish `thresholdMs`, default 1000; `limit`, 1 to 1000, default 100
 * @returns statements of this handle, in this process
 * @throws {ValidationError} INVALID_INPUT
 * @throws {DatabaseConnectionError} CONNECTION_FAILED when the database cannot be asked for plans
 * @example
 * for (const { query, maxMs, plan } of await getSlowQueries(db, { thresholdMs: 50 })) console.log(maxMs, query, plan);
 */
export async function getSlowQueries(db: Handle, wish: z.input<typeof options> = {}): Promise<SlowQuery[]> {
  const { thresholdMs, limit } = input.parseInput(options, wish);
  const slow = db.connection.performance
    .statements()
    .filter(({ maxMs }) => maxMs > thresholdMs)
    .toSorted((one, other) => other.maxMs - one.maxMs)
    .slice(0, limit);
  const texts = slow.filter(({ plannable }) => plannable).map(({ text }) => text);
  // Before plans are asked for: that may take a while, and the figures of one answer belong together.
  const figures = slow.map((times) => ({
    query: times.text,
    count: times.count,
    failed: times.failed,
    rows: times.rows,
    ...summaryOf(times),
  }));
  const plans = texts.length === 0 ? [] : await db.connection.upkeep.explain(texts);
  const planOf = new Map(texts.map((text, index) => [text, plans[index] ?? null]));
  return figures.map((figure) => ({ ...figure, plan: planOf.get(figure.query) ?? null }));
}
