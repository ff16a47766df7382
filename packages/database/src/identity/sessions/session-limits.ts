import { z } from "zod";
import { minute } from "../../database/durations.ts";
import { boundedInteger } from "../../validation/input.ts";

/**
 * How long a session lives, and how many a user has.
 *
 * - It ends at `expiresAt`: 24 hours after sign-in unless the caller says otherwise, 90 days at most.
 * - Each refresh moves that end forward by 24 hours, but never beyond 30 days after sign-in: then the user signs in again.
 * - It ends when nobody used it for 8 hours, a working day, so that a forgotten one is of little use to a finder.
 * - A user has at most 50; one more ends the oldest.
 *
 * @see OWASP ASVS 5.0, 7.1.1, 7.1.2, 7.3
 */
export const sessionLimits = {
  /** Life of a session unless told otherwise, in hours. */
  hours: 24,
  shortestHours: 1 / 60,
  longestHours: 90 * 24,
  /** Days after sign-in beyond which no refresh carries a session. */
  refreshDays: 30,
  /** Minutes without use after which a session no longer counts. */
  idleMinutes: 8 * 60,
  /** Live sessions of one user. */
  perUser: 50,
  /** Activity is written at most once in this time, in milliseconds. */
  activityIntervalMs: minute,
} as const;

/** Hours that a session lives, as a field of an input. */
export const expiresInHoursField = z
  .number()
  .min(sessionLimits.shortestHours)
  .max(sessionLimits.longestHours)
  .default(sessionLimits.hours);

/** Minutes of idleness that end a session, up to the longest life of one; as a field of an input. */
export const idleMinutesField = boundedInteger({ min: 1, max: sessionLimits.longestHours * 60 }).default(
  sessionLimits.idleMinutes,
);
