import { basename } from "node:path";
import type { Actor } from "../../access/actor.ts";
import { before, day } from "../../database/durations.ts";
import type { Database, Handle } from "../../database/handle.ts";
import { rehearse } from "../../database/rehearse.ts";
import { cleanupExpiredApiKeys } from "../../identity/api-keys/clean-up-api-keys.ts";
import { cleanupExpiredProofs } from "../../identity/clean-up-expired.ts";
import { cleanupExpiredSessions } from "../../identity/sessions/clean-up-sessions.ts";
import { purgeSoftDeleted } from "../purge-soft-deleted.ts";
import { countAuditLogsBefore, rotateAuditLogs } from "../rotate-audit-logs.ts";
import { recountBounds } from "../../quotas/recount-bounds.ts";
import { cleanupOldScanHistory } from "../../scans/clean-up-scan-history.ts";
import { cleanupExpiredAiScans } from "../../scans/short-lived-scans.ts";
import { cleanupSecurityLog } from "../../security/clean-up-security-log.ts";
import { endLocksInTime } from "../../security/lock-length.ts";
import { removeLeftOverReports, resumeImports } from "../../surface/index.ts";
import { logSecurityEvent } from "../../security/log-security-event.ts";
import { cleanupRateLimits } from "../../security/rate-limits.ts";
import { archiveInFolder } from "../audit-archive/archive-folder.ts";
import { createBackup } from "../../operations/backup/create-backup.ts";
import { pruneBackups } from "../../operations/backup/prune-backups.ts";
import { runHealthCheck } from "../../operations/health/run-health-check.ts";
import { optimizeDatabase } from "../../operations/performance/optimize-database.ts";
import { tidySurface } from "../../surface/upkeep/tidy-surface.ts";
import { expireRiskAcceptances } from "../../surface/acceptances/expire-risk-acceptances.ts";
import { cleanupExpiredUploads } from "../clean-up-uploads.ts";
import type { JobName } from "../../schedule/job-list.ts";
import type { MaintenancePolicy } from "./options.ts";

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

type Work = (db: Database, context: JobContext) => Promise<JobResult | Skip>;

/** The answer of a dry run where there is nothing to count. */
const nothingToCount = new Skip("A dry run has nothing to count here.");

/** A job that changes nothing but the database, so that a dry run can do it and take it back. */
const onRows =
  (work: (db: Handle, context: JobContext) => Promise<JobResult>): Work =>
  (db, context) =>
    context.dryRun ? rehearse(db, (tx) => work(tx, context)) : work(db, context);

async function backUp(db: Database, { policy, actor, dryRun }: JobContext): Promise<JobResult | Skip> {
  if (policy.backup === undefined) return new Skip("There is no folder for backups.");
  const { keep, ...options } = policy.backup;
  if (dryRun) return pruneBackups(options.folder, { ...keep, database: db, dryRun, clock: db.clock });
  const { backupPath, sizeBytes, verified, createdAt } = await createBackup(db, {
    ...options,
    actor,
    onUnrecorded: (cause) => {
      throw cause;
    },
  });
  const { deleted } = await pruneBackups(options.folder, { ...keep, database: db, clock: db.clock });
  return { file: basename(backupPath), sizeBytes, verified, createdAt, deleted } satisfies BackupResult;
}

async function rotate(db: Database, { policy, actor, dryRun }: JobContext): Promise<JobResult | Skip> {
  const { auditArchiveFolder, keepAuditDays: keepDays } = policy;
  if (auditArchiveFolder === undefined) return new Skip("There is no folder for archives of the audit log.");
  if (dryRun) return { rotated: await countAuditLogsBefore(db, before(db.clock.now(), keepDays * day)) };
  return rotateAuditLogs(db, { keepDays, archive: archiveInFolder(db, auditArchiveFolder), actor });
}

async function cleanUpScans(db: Database, { policy, actor, dryRun }: JobContext): Promise<JobResult> {
  const cleanUp = (handle: Handle) => cleanupOldScanHistory(handle, { days: policy.keepScanDays, actor });
  if (dryRun) return rehearse(db, cleanUp);
  const cleaned = await cleanUp(db);
  return { ...cleaned, recounted: await recountBounds(db) };
}

async function goOnWithImports(db: Database, { policy: { importFolder: folder }, dryRun }: JobContext) {
  if (folder === undefined) return new Skip("There is no folder for reports.");
  if (dryRun) return nothingToCount;
  const { receipts, failed, waiting } = await resumeImports(db, { folder });
  const { removed } = await removeLeftOverReports(db, folder);
  return { resumed: receipts.length, failed: failed.length, waiting: waiting.length, removed };
}

/** What the backup job made, as metrics show it. */
export interface BackupResult {
  file: string;
  sizeBytes: number;
  verified: boolean;
  createdAt: Date;
  /** The ids of backups that were too old. */
  deleted: string[];
}

/** What the daily check found, as metrics and `nerve health` show it until the next. */
export interface CheckResult {
  healthy: boolean;
  tablesHealthy: boolean;
  foreignKeyViolations: number;
  alerts: string[];
}

async function checkHealth(db: Database, { backup }: MaintenancePolicy): Promise<CheckResult> {
  const verifiesBackups = backup?.verify !== false;
  const { healthy, tables, foreignKeys, alerts } = await runHealthCheck(db, { verifiesBackups });
  if (!healthy) {
    const found = alerts.filter(({ level }) => level === "critical").map(({ message }) => message);
    const event = { eventType: "database_unhealthy", severity: "critical", description: found.join(" ") } as const;
    await logSecurityEvent(db, event);
  }
  const codes = alerts.map(({ code }) => code);
  return { healthy, tablesHealthy: tables.healthy, foreignKeyViolations: foreignKeys.total, alerts: codes };
}

/** What each job does. */
export const jobWork: Readonly<Record<JobName, Work>> = {
  "expired-sessions": onRows((db) => cleanupExpiredSessions(db)),
  "expired-api-keys": onRows((db) => cleanupExpiredApiKeys(db)),
  "expired-ai-scans": onRows((db) => cleanupExpiredAiScans(db)),
  "expired-uploads": onRows((db, { actor }) => cleanupExpiredUploads(db, { actor })),
  "expired-links": onRows((db) => cleanupExpiredProofs(db)),
  "lock-ends": onRows(async (db) => ({ shortened: await endLocksInTime(db) })),
  imports: goOnWithImports,
  "rate-limits": onRows((db) => cleanupRateLimits(db)),
  "risk-acceptances": onRows((db, { actor }) => expireRiskAcceptances(db, { actor })),
  backup: backUp,
  "health-check": async (db, { dryRun, policy }) => (dryRun ? nothingToCount : checkHealth(db, policy)),
  "scan-history": cleanUpScans,
  "security-log": onRows((db, { policy: { keepAttemptDays, keepEventDays }, actor }) =>
    cleanupSecurityLog(db, { attemptDays: keepAttemptDays, eventDays: keepEventDays, actor }),
  ),
  optimize: async (db, { dryRun }) => (dryRun ? nothingToCount : optimizeDatabase(db)),
  "surface-upkeep": onRows((db) => tidySurface(db)),
  purge: (db, { policy, actor, dryRun }) =>
    purgeSoftDeleted(db, { olderThanDays: policy.purgeAfterDays, dryRun, actor }),
  "audit-rotation": rotate,
};
