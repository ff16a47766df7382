import type { Actor } from "../../audit/actor.ts";
import { before, day } from "../../database/durations.ts";
import type { Database, Handle } from "../../database/handle.ts";
import { rehearse } from "../../database/rehearse.ts";
import { cleanupExpiredApiKeys } from "../../identity/clean-up-api-keys.ts";
import { cleanupExpiredSessions } from "../../identity/clean-up-sessions.ts";
import { purgeSoftDeleted } from "../../records/purge-soft-deleted.ts";
import { countAuditLogsBefore, rotateAuditLogs } from "../../records/rotate-audit-logs.ts";
import { cleanupOldScanHistory } from "../../scans/clean-up-scan-history.ts";
import { cleanupExpiredAiScans } from "../../scans/short-lived-scans.ts";
import { cleanupRateLimits } from "../../security/rate-limits.ts";
import { archiveInFolder } from "../audit-archive/archive-folder.ts";
import { cleanupExpiredUploads } from "../retention/clean-up-uploads.ts";
import type { MaintenancePolicy } from "./options.ts";
import type { MaintenancePeriod } from "./periods.ts";

/** What a job is run with. */
export interface JobContext {
  readonly policy: MaintenancePolicy;
  readonly actor: Actor;
  /** Only count what it would do. */
  readonly dryRun: boolean;
}

/** What a job did, in numbers. */
export type JobResult = object;

/** Why a job cannot run as things are set. */
export class Skip {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A job of the upkeep. */
export interface MaintenanceJob {
  readonly name: string;
  readonly period: MaintenancePeriod;
  /** What it does, in a sentence. */
  readonly description: string;
  readonly run: (db: Database, context: JobContext) => Promise<JobResult | Skip>;
}

/** A job that changes nothing but the database, so that a dry run can do it and take it back. */
const onRows =
  (work: (db: Handle, context: JobContext) => Promise<JobResult>): MaintenanceJob["run"] =>
  (db, context) =>
    context.dryRun ? rehearse(db, (tx) => work(tx, context)) : work(db, context);

async function rotate(db: Database, { policy, actor, dryRun }: JobContext): Promise<JobResult | Skip> {
  const { auditArchiveFolder, keepAuditDays: keepDays } = policy;
  if (auditArchiveFolder === undefined) return new Skip("There is no folder for archives of the audit log.");
  if (dryRun) return { rotated: await countAuditLogsBefore(db, before(db.clock.now(), keepDays * day)) };
  return rotateAuditLogs(db, { keepDays, archive: archiveInFolder(db, auditArchiveFolder), actor });
}

/** Every job there is, in the order in which they run. The only list: schedule, docs and metrics are made from it. */
export const maintenanceJobs: readonly MaintenanceJob[] = [
  {
    name: "expired-sessions",
    period: "hourly",
    description: "Deactivates expired sessions, and deletes them 30 days later.",
    run: onRows((db) => cleanupExpiredSessions(db)),
  },
  {
    name: "expired-api-keys",
    period: "hourly",
    description: "Deactivates expired API keys.",
    run: onRows((db) => cleanupExpiredApiKeys(db)),
  },
  {
    name: "expired-ai-scans",
    period: "hourly",
    description: "Deletes scan results that were kept for a report, 48 hours after they came.",
    run: onRows((db) => cleanupExpiredAiScans(db)),
  },
  {
    name: "expired-uploads",
    period: "hourly",
    description: "Deletes uploaded credentials at their expiry, or 24 hours after they came.",
    run: onRows((db, { actor }) => cleanupExpiredUploads(db, { actor })),
  },
  {
    name: "rate-limits",
    period: "hourly",
    description: "Deletes counts of rate limits whose window has ended.",
    run: onRows((db) => cleanupRateLimits(db)),
  },
  {
    name: "scan-history",
    period: "daily",
    description: "Deletes old scans from the histories.",
    run: onRows((db, { policy, actor }) => cleanupOldScanHistory(db, { days: policy.keepScanDays, actor })),
  },
  {
    name: "purge",
    period: "weekly",
    description: "Deletes for good what was soft-deleted long ago.",
    run: (db, { policy, actor, dryRun }) =>
      purgeSoftDeleted(db, { olderThanDays: policy.purgeAfterDays, dryRun, actor }),
  },
  {
    name: "audit-rotation",
    period: "monthly",
    description: "Moves old rows of the audit log into signed archives.",
    run: rotate,
  },
];
