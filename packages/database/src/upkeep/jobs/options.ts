import { z } from "zod";
import { actorField } from "../../access/actor.ts";
import type { CreateBackupOptions, RetentionRules } from "../../operations/backup/index.ts";
import { longestLeaseMs } from "../../schedule/job-table.ts";
import { keptDays } from "../../security/clean-up-security-log.ts";
import { boundedInteger, text } from "../../validation/input.ts";

const days = () => boundedInteger({ min: 1, max: 36_500 });
const path = () => text({ min: 1, max: 4096 });

/** Where backups go, and which are kept. */
type BackupPolicy = Omit<CreateBackupOptions, "actor" | "onProgress" | "onUnrecorded"> & {
  keep: Omit<RetentionRules, "dryRun" | "clock">;
};

/** What the jobs keep, and where. */
export const policyInput = z.strictObject({
  /** How backups are made, as for `createBackup` and `pruneBackups`; without it there are none. */
  backup: z.custom<BackupPolicy>((value) => typeof value === "object" && value !== null).optional(),
  /** Where archives of the audit log go; without it the log keeps all its rows. */
  auditArchiveFolder: path().optional(),
  /** Where reports lie while they are taken in; without it those of unfinished imports are not found. */
  importFolder: path().optional(),
  /** Days that a row stays in the audit log. */
  keepAuditDays: days().default(365),
  /** Days that a scan stays in the histories. */
  keepScanDays: days().default(365),
  /** Days that an attempt to sign in is kept. */
  keepAttemptDays: keptDays().default(90),
  /** Days that a security event is kept. */
  keepEventDays: keptDays().default(365),
  /** Days that a soft-deleted row can be restored. */
  purgeAfterDays: days().default(90),
});

/** What the jobs keep, and where. */
export type MaintenancePolicy = z.output<typeof policyInput>;

/** A function given as an option. */
const callback = <F>() => z.custom<F>((value) => typeof value === "function");

export const runInput = z.strictObject({
  ...policyInput.shape,
  only: z.array(text({ min: 1, max: 100 })).optional(),
  ifDue: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  holder: text({ min: 1, max: 150 }).default("nerve"),
  leaseMs: boundedInteger({ min: 30, max: longestLeaseMs }).default(10 * 60_000),
  onStep: callback<(step: MaintenanceStep) => void>().optional(),
  signal: z.instanceof(AbortSignal).optional(),
  actor: actorField,
});

/** How jobs are run. */
export type MaintenanceOptions = z.input<typeof runInput>;

/** What a job did. */
export interface MaintenanceReport {
  readonly name: string;
  /**
   * `held`: another process runs it; `skipped`: it is not due, or cannot run as things are set: the result says why.
   */
  readonly status: "done" | "failed" | "skipped" | "held";
  /** What it did, in numbers; null when it failed. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly durationMs: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A moment of a run, for whoever shows or logs it. */
export type MaintenanceStep =
  | { readonly kind: "started"; readonly name: string }
  /** `cause`: what was thrown when the job failed; for a log, not for users. */
  | { readonly kind: "ended"; readonly report: MaintenanceReport; readonly cause?: unknown };
