import type { Clock } from "../../src/database/clock.ts";

/** A clock that stands still until it is told to move. */
export interface TestClock extends Clock {
  /** Moves the time forward; the parts add up. */
  advance(by: { days?: number; hours?: number; minutes?: number; seconds?: number; milliseconds?: number }): void;
  /** Sets the time. */
  set(time: Date): void;
}

/** Makes a clock that stands at the given time. */
export function testClock(start = new Date("2026-03-01T12:00:00.000Z")): TestClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    set: (to) => void (time = to.getTime()),
    advance: ({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }) => {
      time += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
    },
  };
}
