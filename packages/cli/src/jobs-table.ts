import type { MaintenanceJobStatus } from "@nerve/database";
import { formatTable } from "./table.ts";

/** Lays out how each job of the upkeep last ended, and when it is due. */
export function formatJobs(jobs: readonly MaintenanceJobStatus[]): string {
  const rows = jobs.map((job) => [job.name, job.period, job.lastOutcome, job.lastFinishedAt, job.nextRunAt]);
  return formatTable(["JOB", "PERIOD", "LAST", "ENDED", "DUE"], rows);
}
