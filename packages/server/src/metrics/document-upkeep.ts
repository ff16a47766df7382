import { maintenanceJobs, maintenancePeriods, maintenanceSchedule } from "@nerve/database";
import { databaseMetricList } from "./database-metrics.ts";

/** Metrics of a server beside those of its database. */
const serverMetrics = [
  ["nerve_http_request_duration_seconds", "Histogram of how long requests took, by method, route and kind of answer."],
  ["nerve_http_problems_total", "Answers that were a problem, by its code: refusals and faults."],
  ["nerve_event_loop_lag_seconds", "How late the event loop was since the last reading (p50, p99, max)."],
  ["nerve_process_memory_bytes", "Memory of the process, by part."],
  ["nerve_build_info", "The version, in its label."],
] as const;

const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** Writes docs/UPKEEP.md: the jobs with when they are due, and the metrics. */
export function documentUpkeep(): string {
  const jobs = maintenancePeriods.flatMap((period) => maintenanceJobs.filter((job) => job.period === period));
  return [
    "# Upkeep and metrics",
    "",
    "<!-- Made from packages/database/src/upkeep/jobs and packages/server/src/metrics by `npm run docs`. -->",
    "",
    "`nerve serve` looks every minute for jobs that are due, and runs them one after the other. Where that is not wanted",
    "(`NERVE_MAINTENANCE=false`), call `nerve maintenance run hourly --if-due` and its like from cron or a timer. Either way each job",
    "runs once among all processes of a database: whoever runs it holds a lease in the table `maintenance_jobs`, renewed while the job",
    "runs; when its holder dies, another takes over after ten minutes. The clocks of the machines should agree to a minute.",
    "",
    "A job that fails stops no other. It is logged as the security event `maintenance_failed`, shows in `nerve health`,",
    "`nerve maintenance status` and the metrics, and is due again after an hour. Times are UTC.",
    "",
    row("Job", "Period", "Due (cron)", "What it does"),
    row("---", "---", "---", "---"),
    ...jobs.map(({ name, period, description }) =>
      row(`\`${name}\``, period, `\`${maintenanceSchedule[period]}\``, description),
    ),
    "",
    "What is kept, and where, is said by [settings](SETTINGS.md): `NERVE_BACKUP_…`, `NERVE_AUDIT_…`, `NERVE_SCAN_KEEP_DAYS`,",
    "`NERVE_ATTEMPT_KEEP_DAYS`, `NERVE_EVENT_KEEP_DAYS` and `NERVE_PURGE_AFTER_DAYS`. `--dry-run` counts what a job would delete.",
    "",
    "## Archives of the audit log",
    "",
    "`audit-rotation` moves old rows into compressed files of JSON lines, 2000 rows each. A file is on the disk itself before its rows",
    "leave the log, and the log says which file they went to, with its digest. The first line of a file tells what is in it and which file",
    "came before, signed with the installation's key: `nerve maintenance verify-archive FILE` checks it.",
    "",
    "## Metrics",
    "",
    "`GET /metrics` of a server, for programs on its machine or with an API key that carries `metrics:read`; `nerve metrics` prints those",
    "of the database without a server. What a trusted proxy (`NERVE_TRUSTED_PROXIES`) could have sent is not from this machine, nor,",
    "behind a public address (`NERVE_PUBLIC_URL`) without one, is anything. With `NERVE_METRICS_PORT` they have a listener of their own,",
    "on loopback unless `NERVE_METRICS_HOST` says otherwise, which serves them without a key and nothing else; `GET /metrics` of the",
    "other port then asks for a key always. `deploy/prometheus` has a configuration and alerts. Sizes and counts are at most a minute",
    "old. What is not known is left out.",
    "",
    row("Metric", "What it tells"),
    row("---", "---"),
    ...databaseMetricList.map(({ name, help }) => row(`\`${name}\``, help)),
    ...serverMetrics.map(([name, help]) => row(`\`${name}\``, help)),
    "",
  ].join("\n");
}
