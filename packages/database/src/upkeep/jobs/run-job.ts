import { randomBytes } from "node:crypto";
import { setInterval } from "node:timers";
import { after, ageOf, hour } from "../../database/durations.ts";
import type { Database } from "../../database/handle.ts";
import { BusyError, DatabaseError } from "../../errors/index.ts";
import type { JsonValue } from "../../schema/kit/index.ts";
import { logSecurityEvent } from "../../security/log-security-event.ts";
import { isHeld, type Lease, listJobRows, takeLease } from "../../schedule/job-table.ts";
import type { MaintenanceJob } from "../../schedule/job-list.ts";
import { type JobContext, jobWork, Skip } from "./job-work.ts";
import type { MaintenanceReport } from "./options.ts";
import { latestDue, nextDue } from "../../schedule/periods.ts";

/** How a job is run. */
export interface RunOptions extends JobContext {
  readonly holder: string;
  readonly leaseMs: number;
  readonly ifDue: boolean;
}

/** A report, and what was thrown. */
export interface RunOutcome {
  readonly report: MaintenanceReport;
  readonly cause?: unknown;
}

type Ended = Pick<MaintenanceReport, "result" | "error"> & {
  readonly status: "done" | "failed" | "skipped";
  readonly cause?: unknown;
};

/** A job that failed is tried again after an hour, if it is not due before. */
const retryAfterMs = hour;

async function attempt(db: Database, job: MaintenanceJob, context: JobContext): Promise<Ended> {
  try {
    const result = await jobWork[job.name](db, context);
    if (result instanceof Skip) return { status: "skipped", result: { reason: result.reason } };
    return { status: "done", result: { ...result } };
  } catch (cause) {
    return { status: "failed", result: null, error: describe(cause), cause };
  }
}

/** What may be shown of a failure; of one that is none of the family, nothing. */
function describe(cause: unknown): { code: string; message: string } {
  if (cause instanceof DatabaseError) return { code: cause.code, message: cause.message };
  return { code: "UNEXPECTED", message: "The job failed for a reason that the log tells." };
}

/** Makes a job's failure known to whoever watches over security: what failed may be what protects. */
async function reportFailure(db: Database, name: string, error: { code: string; message: string }): Promise<void> {
  const description = `The job ${name} failed: ${error.message}`;
  const metadata = { job: name, code: error.code };
  try {
    await logSecurityEvent(db, { eventType: "maintenance_failed", severity: "high", description, metadata });
  } catch {
    // The database that failed the job may fail this, too; the caller still has the report.
  }
}

/** Does the work, and keeps the lease alive meanwhile. */
async function whileRenewed<T>(lease: Lease, leaseMs: number, work: () => Promise<T>): Promise<T> {
  // A renewal that fails is tried again with the next; should all fail, the lease runs out, and the end of the run tells.
  const timer = setInterval(() => void lease.renew().catch(() => undefined), leaseMs / 5);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Runs a job under its lease, and writes down how it ended. */
async function runUnder(lease: Lease, db: Database, job: MaintenanceJob, options: RunOptions): Promise<Ended> {
  const begun = db.clock.now();
  const ended = await whileRenewed(lease, options.leaseMs, () => attempt(db, job, options));
  const now = db.clock.now();
  const due = nextDue(job.period, now);
  const retry = after(now, retryAfterMs);
  const kept = await lease.end({
    dueAt: ended.status === "failed" && retry < due ? retry : due,
    durationMs: ageOf(begun, now),
    outcome: ended.status,
    result: (ended.result ?? null) as JsonValue,
    error: ended.error ?? null,
  });
  if (kept || ended.status === "failed") return ended;
  const cause = new BusyError({ message: "Another process has taken the job over, for its lease had run out." });
  return { status: "failed", result: null, error: describe(cause), cause };
}

type Refused = Pick<MaintenanceReport, "result"> & { readonly status: "held" | "skipped" };

/** Why a job could not be taken. */
async function explainRefusal(db: Database, { name }: MaintenanceJob): Promise<Refused> {
  const row = (await listJobRows(db)).find(({ id }) => id === name);
  if (row !== undefined && isHeld(row, db.clock.now())) return { status: "held", result: { holder: row.holder } };
  return { status: "skipped", result: { reason: "It is not due.", dueAt: row?.dueAt ?? null } };
}

async function runOnce(db: Database, job: MaintenanceJob, options: RunOptions): Promise<Ended | Refused> {
  if (options.dryRun) return attempt(db, job, options);
  const holder = `${options.holder} ${randomBytes(6).toString("hex")}`;
  const lease = await takeLease(db, job.name, { ...options, holder, latestDue: latestDue(job.period, db.clock.now()) });
  if (lease === null) return explainRefusal(db, job);
  return runUnder(lease, db, job, options);
}

/** Runs a job, once among all processes. Never throws: a failure is reported. */
export async function runJob(db: Database, job: MaintenanceJob, options: RunOptions): Promise<RunOutcome> {
  const begun = db.clock.now().getTime();
  const ended = await runOnce(db, job, options).catch((cause: unknown): Ended => ({
    status: "failed",
    result: null,
    error: describe(cause),
    cause,
  }));
  const durationMs = Math.max(0, db.clock.now().getTime() - begun);
  const { status, result } = ended;
  if (status !== "failed") return { report: { name: job.name, status, result, durationMs } };
  const { error = describe(undefined), cause } = ended;
  if (!options.dryRun) await reportFailure(db, job.name, error);
  return { report: { name: job.name, status, result, durationMs, error }, cause };
}
