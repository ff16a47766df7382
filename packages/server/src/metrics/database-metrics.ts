import { ageOf, type MaintenanceJobStatus } from "@nerve/database";
import { Counter, Gauge, Registry } from "prom-client";
import type { DatabaseSnapshot } from "./database-snapshot.ts";

/** A value with its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: `nerve_${string}`;
  readonly help: string;
  /** What only ever grows is a counter, and its name ends with `_total`. Default a gauge. */
  readonly kind?: "counter";
  /** A number, a sample for each label, or null for what is not known: then the metric is left out. */
  readonly read: (snapshot: DatabaseSnapshot) => number | readonly Sample[] | null;
}

const seconds = (time: Date | null) => (time === null ? null : time.getTime() / 1000);
const flag = (value: boolean) => (value ? 1 : 0);

/** A sample for each job of which something is known. */
const ofJobs =
  (read: (job: MaintenanceJobStatus) => number | null): Metric["read"] =>
  ({ jobs }) =>
    jobs?.flatMap((job) => {
      const value = read(job);
      return value === null ? [] : [{ labels: { job: job.name }, value }];
    }) ?? null;

/** The metrics of a database. The only list. */
export const databaseMetricList: readonly Metric[] = [
  {
    name: "nerve_db_connection_healthy",
    help: "Whether the database answers.",
    read: ({ connection }) => flag(connection.healthy),
  },
  {
    name: "nerve_db_connection_latency_seconds",
    help: "How long one small read took.",
    read: ({ connection }) => connection.latencyMs / 1000,
  },
  { name: "nerve_db_size_bytes", help: "Size of the database.", read: ({ stats }) => stats?.sizeBytes ?? null },
  {
    name: "nerve_db_wal_bytes",
    help: "Size of the write-ahead log, where it is the database's own.",
    read: ({ stats }) => stats?.walBytes ?? null,
  },
  {
    name: "nerve_db_table_records",
    help: "Rows of each table; of large tables an estimate.",
    read: ({ stats }) =>
      stats && Object.entries(stats.tableCounts).map(([table, value]) => ({ labels: { table }, value })),
  },
  {
    name: "nerve_db_integrity_healthy",
    help: "Whether the last daily check found the tables sound.",
    read: ({ check }) => check && flag(check.tablesHealthy),
  },
  {
    name: "nerve_db_foreign_key_violations",
    help: "Rows that refer to nothing, by the last daily check.",
    read: ({ check }) => check?.foreignKeyViolations ?? null,
  },
  {
    name: "nerve_db_queries_total",
    help: "Queries since the database was opened.",
    kind: "counter",
    read: ({ performance }) => performance.totalQueries,
  },
  {
    name: "nerve_db_failed_queries_total",
    help: "Queries that failed since the database was opened.",
    kind: "counter",
    read: ({ performance }) => performance.failedQueries,
  },
  {
    name: "nerve_db_slow_queries_total",
    help: "Queries of more than a second since the database was opened.",
    kind: "counter",
    read: ({ performance }) => performance.slowQueries,
  },
  {
    name: "nerve_db_query_duration_p95_seconds",
    help: "All but the slowest twentieth of the queries were faster.",
    read: ({ performance }) => performance.p95Ms / 1000,
  },
  {
    name: "nerve_db_pool_connections",
    help: "Connections of the pool, by what they do; PostgreSQL only.",
    read: ({ pool: { total, idle } }) => [
      { labels: { state: "idle" }, value: idle },
      { labels: { state: "used" }, value: total - idle },
    ],
  },
  {
    name: "nerve_db_pool_waiting",
    help: "Who waits for a connection of the pool; PostgreSQL only.",
    read: ({ pool }) => pool.waiting,
  },
  {
    name: "nerve_backup_age_seconds",
    help: "Age of the newest backup.",
    read: ({ now, backups }) => (backups.newestAt === null ? null : ageOf(backups.newestAt, now) / 1000),
  },
  {
    name: "nerve_backup_size_bytes",
    help: "Size of the newest backup.",
    read: ({ backups }) => backups.sizeBytes,
  },
  {
    name: "nerve_backup_last_verified_timestamp_seconds",
    help: "When the newest backup was made that has been verified.",
    read: ({ backups }) => seconds(backups.newestVerifiedAt),
  },
  {
    name: "nerve_mails_waiting",
    help: "Mails in the queue: all of them, those that could not be sent when it was tried last, those that nobody has taken for ten minutes.",
    read: ({ mails }) =>
      mails &&
      (["waiting", "failing", "unattended"] as const).map((state) => ({ labels: { state }, value: mails[state] })),
  },
  {
    name: "nerve_mails_oldest_age_seconds",
    help: "How long the oldest mail has been in the queue.",
    read: ({ now, mails }) => (mails?.oldestAt ? ageOf(mails.oldestAt, now) / 1000 : null),
  },
  {
    name: "nerve_mails_given_up",
    help: "Mails that were given up in the last 24 hours.",
    read: ({ mails }) => mails?.givenUp ?? null,
  },
  {
    name: "nerve_findings",
    help: "Findings of all companies, by severity and status.",
    read: ({ surface }) =>
      surface?.findings.map(({ severity, status, findings: value }) => ({ labels: { severity, status }, value })) ??
      null,
  },
  {
    name: "nerve_imports_total",
    help: "Reports of scanners that were taken in, by format and how that ended.",
    kind: "counter",
    read: ({ surface }) =>
      surface?.imports.map(({ format, status: outcome, imports: value }) => ({ labels: { format, outcome }, value })) ??
      null,
  },
  {
    name: "nerve_import_age_seconds",
    help: "Age of the newest report of each series of a company, of the 1,000 newest series.",
    read: ({ now, surface }) =>
      surface?.series.map(({ companyId, source, name: series, importedAt }) => ({
        labels: { company: String(companyId ?? ""), source, series },
        value: ageOf(importedAt, now) / 1000,
      })) ?? null,
  },
  {
    name: "nerve_job_last_success_timestamp_seconds",
    help: "When a job of the upkeep last succeeded.",
    read: ofJobs(({ lastSucceededAt }) => seconds(lastSucceededAt)),
  },
  {
    name: "nerve_job_last_duration_seconds",
    help: "How long the last run of a job took.",
    read: ofJobs(({ lastDurationMs }) => (lastDurationMs === null ? null : lastDurationMs / 1000)),
  },
  {
    name: "nerve_job_last_failed",
    help: "Whether the last run of a job failed.",
    read: ofJobs(({ lastOutcome }) => (lastOutcome === null ? null : flag(lastOutcome === "failed"))),
  },
  {
    name: "nerve_job_failures_total",
    help: "How often a job has failed.",
    kind: "counter",
    read: ofJobs(({ failures }) => failures),
  },
  {
    name: "nerve_job_next_run_timestamp_seconds",
    help: "When a job is due next.",
    read: ofJobs(({ nextRunAt }) => seconds(nextRunAt)),
  },
];

/** Writes the state of a database in Prometheus' text format. */
export function printDatabaseMetrics(snapshot: DatabaseSnapshot): Promise<string> {
  // A registry of its own for each print: what is no longer known must not stay.
  const registry = new Registry();
  for (const { name, help, kind, read } of databaseMetricList) {
    const value = read(snapshot);
    if (value === null) continue;
    const samples = typeof value === "number" ? [{ labels: {}, value }] : value;
    const options = { name, help, labelNames: Object.keys(samples[0]?.labels ?? {}), registers: [registry] };
    if (kind === "counter") {
      const counter = new Counter(options);
      for (const sample of samples) counter.inc(sample.labels, sample.value);
    } else {
      const gauge = new Gauge(options);
      for (const sample of samples) gauge.set(sample.labels, sample.value);
    }
  }
  return registry.metrics();
}
