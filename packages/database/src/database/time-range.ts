import { before, hour } from "./durations.ts";
import { ValidationError } from "../errors/index.ts";
import { boundedInteger, date } from "../validation/input.ts";

const maxHours = 87_600;

/** The options by which a list of the log is narrowed to a time, as fields of its input. */
export const timeRangeFields = {
  since: date().optional(),
  until: date().optional(),
  hours: boundedInteger({ min: 1, max: maxHours }).optional(),
};

interface TimeRangeOptions {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly hours?: number | undefined;
}

/**
 * The time that a list covers: from `since`, else the last `hours` before `until`; without `until` up to now, open end.
 * @throws {ValidationError} INVALID_INPUT when both `since` and `hours` are given
 */
export function timeRange(
  { since, until, hours }: TimeRangeOptions,
  { now, defaultHours }: { now: Date; defaultHours: number },
): { since: Date; until: Date | undefined } {
  if (since === undefined) return { since: before(until ?? now, (hours ?? defaultHours) * hour), until };
  if (hours === undefined) return { since, until };
  throw new ValidationError([{ field: "hours", message: "cannot be combined with since" }]);
}
