import type { z } from "zod";
import type { Database } from "../../database/handle.ts";
import { ValidationError } from "../../errors/index.ts";
import { oneOf, parseInput } from "../../validation/input.ts";
import { isHeld, listJobRows, planJob } from "../../schedule/job-table.ts";
import { type MaintenanceJob, maintenanceJobs } from "../../schedule/job-list.ts";
import { type MaintenanceOptions, type MaintenanceReport, runInput } from "./options.ts";
import { latestDue, type MaintenancePeriod, maintenancePeriods, nextDue } from "../../schedule/periods.ts";
import { runJob } from "./run-job.ts";

/** What the jobs of a period did. */
export interface MaintenanceOutcome {
  readonly period: MaintenancePeriod;
  readonly jobs: MaintenanceReport[];
}

function choose(jobs: readonly MaintenanceJob[], only: readonly string[] | undefined): readonly MaintenanceJob[] {
  const unknown = only?.find((name) => !jobs.some((job) => job.name === name));
  if (unknown !== undefined) {
    const names = jobs.map(({ name }) => name).join(", ");
    throw new ValidationError([{ field: "only", message: `must be of ${names}` }]);
  }
  return jobs.filter(({ name }) => only?.includes(name) ?? true);
}

/** The jobs that are due and that nobody runs; one that is not in the table yet is written into it. */
async function findDue(db: Database): Promise<MaintenanceJob[]> {
  const rows = new Map((await listJobRows(db)).map((row) => [row.id, row]));
  const now = db.clock.now();
  for (const { name, period } of maintenanceJobs) {
    if (!rows.has(name)) await planJob(db, name, nextDue(period, now));
  }
  return maintenanceJobs.filter(({ name, period }) => {
    const row = rows.get(name);
    if (row === undefined || isHeld(row, now)) return false;
    return row.dueAt <= now || row.dueAt > latestDue(period, now);
  });
}

async function runJobs(
  db: Database,
  jobs: readonly MaintenanceJob[],
  options: z.output<typeof runInput>,
): Promise<MaintenanceReport[]> {
  const { only, onStep, signal, actor, dryRun, holder, leaseMs, ifDue, ...policy } = options;
  const reports: MaintenanceReport[] = [];
  for (const job of choose(jobs, only)) {
    if (signal?.aborted === true) break;
    onStep?.({ kind: "started", name: job.name });
    const outcome = await runJob(db, job, { policy, actor, dryRun, holder, leaseMs, ifDue });
    onStep?.({ kind: "ended", ...outcome });
    reports.push(outcome.report);
  }
  return reports;
}

/**
 * Runs the jobs of a period, one after the other. Each runs in one process of a database at a time: whoever runs it holds a
 * lease, renewed while the job runs, that others respect until it runs out. A job that fails stops no other; it is
 * logged as a security event, and due again after an hour.
 *
 * @param db the database; not an open transaction
 * @param period `hourly`, `daily`, `weekly` or `monthly`
 * @param options `only` these jobs; `ifDue` (default false: at once); `dryRun` (default false): count what would be done; the
 *   policy (`backup`: as for `createBackup`, with `keep` as for `pruneBackups`; `auditArchiveFolder`, `keepAuditDays`,
 *   `keepScanDays`, `keepAttemptDays`, `keepEventDays`, `purgeAfterDays`); `holder`: a name for this
 *   process; `leaseMs` (default 10 minutes); `onStep`; `signal`: no further job begins once it is aborted; `actor`
 * @returns what each job did
 * @throws {ValidationError} INVALID_INPUT with the option at fault
 * @example
 * const { jobs } = await runMaintenance(db, "hourly");
 * const failed = jobs.filter(({ status }) => status === "failed");
 */
export async function runMaintenance(
  db: Database,
  period: MaintenancePeriod,
  options: MaintenanceOptions = {},
): Promise<MaintenanceOutcome> {
  const chosen = parseInput(oneOf(maintenancePeriods), period, { field: "period" });
  const jobs = maintenanceJobs.filter((job) => job.period === chosen);
  return { period: chosen, jobs: await runJobs(db, jobs, parseInput(runInput, options)) };
}

/**
 * Runs the jobs that are due, of whatever period. A job that this database has not seen yet is due at its next time.
 *
 * @param db the database; not an open transaction
 * @param options as for `runMaintenance`
 * @returns what each job did; those that were not due are not among them
 * @throws {ValidationError} INVALID_INPUT with the option at fault
 * @throws {DatabaseConnectionError} CONNECTION_FAILED when the database cannot be reached
 * @example
 * const reports = await runDueMaintenance(db, { holder: "worker 1" });
 */
export async function runDueMaintenance(
  db: Database,
  options: Omit<MaintenanceOptions, "ifDue" | "dryRun"> = {},
): Promise<MaintenanceReport[]> {
  const parsed = parseInput(runInput, { ...options, ifDue: true });
  const due = await findDue(db);
  return runJobs(db, due, parsed);
}
