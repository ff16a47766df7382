import type { MaintenanceJobStatus } from "@nerve/database";
import { formatTable, formatTime } from "./table.ts";

/** Lays out how each job of the upkeep last ended, and when it is due. */
export function formatJobs(jobs: readonly MaintenanceJobStatus[]): string {
  const rows = jobs.map((job) => [job.name, job.period, job.lastOutcome, job.lastFinishedAt, job.nextRunAt]);
  return formatTable(["JOB", "PERIOD", "LAST", "ENDED", "DUE"], rows);
}

/** The jobs in a line or two: which failed, and else how they stand. The table of them all has a command of its own. */
export function summarizeJobs(jobs: readonly MaintenanceJobStatus[]): string {
  const failed = jobs.filter(({ lastOutcome }) => lastOutcome === "failed");
  const ended = jobs.filter(({ lastFinishedAt }) => lastFinishedAt !== null);
  const next = jobs.map(({ nextRunAt }) => nextRunAt).toSorted((a, b) => a.getTime() - b.getTime())[0];
  const more = "`nerve maintenance status` lists them.";
  if (failed.length > 0) return `Upkeep: ${failed.map(({ name }) => name).join(", ")} FAILED last time. ${more}`;
  if (ended.length === 0) {
    return `Upkeep: none of ${jobs.length} jobs has run yet; \`nerve serve\` runs them when they are due. ${more}`;
  }
  const due = next === undefined ? "" : ` The next is due at ${formatTime(next)}.`;
  return `Upkeep: ${ended.length} of ${jobs.length} jobs have run, and none failed.${due} ${more}`;
}
