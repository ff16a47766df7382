import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import * as input from "../../validation/input.ts";

const maxLength = 10_000;
const entry = z.strictObject({
  query: z.string().min(1).max(maxLength),
  durationMs: z.number().min(0),
  rows: input.boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).default(0),
});

/**
 * Adds something that a caller timed himself to the handle's performance log; the handle's own queries are in it without.
 *
 * @param db the database, or an open transaction
 * @param measured `query`: what ran, without values, at most 10,000 characters; `durationMs`; `rows`, default 0
 * @throws {ValidationError} INVALID_INPUT
 * @example
 * logQueryPerformance(db, { query: "nightly report", durationMs: 1250, rows: 90 });
 */
export function logQueryPerformance(db: Handle, measured: z.input<typeof entry>): void {
  const { query, durationMs, rows } = input.parseInput(entry, measured);
  const log = db.connection.performance;
  log.add(log.foreignTimesOf(query), durationMs, rows);
}
