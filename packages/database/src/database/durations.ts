/** Milliseconds of a minute, an hour and a day. */
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The moment that lies `milliseconds` after another. */
export function after(moment: Date, milliseconds: number): Date {
  return new Date(moment.getTime() + milliseconds);
}

/** The moment that lies `milliseconds` before another. */
export function before(moment: Date, milliseconds: number): Date {
  return new Date(moment.getTime() - milliseconds);
}

/** How far clocks of several machines may differ, and one may be set back, before a stored time counts as impossible. */
export const clockTolerance = 5 * minute;

/**
 * The latest that a stored time can be: what is dated later was written by a clock that was ahead, and does not count.
 *
 * @param now the present time
 * @param milliseconds how far ahead it may lie of itself, as the end of what lasts so long; default not at all
 */
export function latestPossible(now: Date, milliseconds = 0): Date {
  return after(now, milliseconds + clockTolerance);
}

/**
 * Tells whether a stored time lies so far ahead of now that a clock must have been wrong when it was stored.
 *
 * @param time as it was stored
 * @param now the present time
 * @returns whether it is more than five minutes ahead: clocks of several machines may differ by less
 * @example
 * const isImpossible = isAhead(new Date("2027-01-01"), new Date("2026-01-01")); // true
 */
export function isAhead(time: Date, now: Date): boolean {
  return time.getTime() - now.getTime() > clockTolerance;
}

/**
 * Tells how long ago a stored time is.
 *
 * @param time as it was stored
 * @param now the present time
 * @returns milliseconds, never below 0
 * @example
 * const age = ageOf(new Date("2026-01-01"), db.clock.now());
 */
export function ageOf(time: Date, now: Date): number {
  return Math.max(0, now.getTime() - time.getTime());
}
