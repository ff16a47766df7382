import type * as croner from "croner";
import { after, clockTolerance } from "../database/durations.ts";
import { whenNeeded } from "../loading/when-needed.ts";

const cron = whenNeeded((load) => load("croner") as typeof croner);

/** How often jobs run, most often first. */
export const maintenancePeriods = ["hourly", "daily", "weekly", "monthly"] as const;

/** How often a job runs. */
export type MaintenancePeriod = (typeof maintenancePeriods)[number];

/** When the jobs of each period are due, in UTC: minute, hour, day of the month, month, day of the week. */
export const maintenanceSchedule: Readonly<Record<MaintenancePeriod, string>> = {
  hourly: "0 * * * *",
  daily: "0 2 * * *",
  weekly: "0 3 * * 0",
  monthly: "0 4 1 * *",
};

/**
 * The latest time at which a job of a period can be due: one that is due later was put off by a clock that was ahead, and its
 * last run counts as never.
 */
export function latestDue(period: MaintenancePeriod, now: Date): Date {
  return nextDue(period, after(now, clockTolerance));
}

/** When a job of a period is due next after a moment. */
export function nextDue(period: MaintenancePeriod, moment: Date): Date {
  const next = new (cron().Cron)(maintenanceSchedule[period], { timezone: "UTC" }).nextRun(moment);
  if (next === null) throw new TypeError(`The schedule ${period} has an end.`);
  return next;
}
