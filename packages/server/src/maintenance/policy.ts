import type { MaintenanceOptions, MaintenancePolicy } from "@nerve/database";
import { backupWriteOptions, type Settings } from "../settings/index.ts";

/** What the jobs of the upkeep keep, and where, as the settings say. */
export function maintenancePolicy(settings: Settings): Pick<MaintenanceOptions, keyof MaintenancePolicy> {
  const { backupKeepDaily: daily, backupKeepWeekly: weekly, backupKeepMonthly: monthly } = settings;
  return {
    backup: { ...backupWriteOptions(settings), verify: settings.backupVerifyDaily, keep: { daily, weekly, monthly } },
    auditArchiveFolder: settings.auditArchiveFolder,
    importFolder: settings.importFolder,
    keepAuditDays: settings.auditKeepDays,
    keepScanDays: settings.scanKeepDays,
    keepAttemptDays: settings.attemptKeepDays,
    keepEventDays: settings.eventKeepDays,
    purgeAfterDays: settings.purgeAfterDays,
  };
}
