/** Where the time comes from; everything that asks for the time asks here, so that tests can set it. */
export interface Clock {
  /** The time now, to the millisecond. */
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };
