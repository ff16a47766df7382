export { getMaintenanceStatus, type MaintenanceJobStatus } from "./get-maintenance-status.ts";
export { type JobName, type MaintenanceJob, maintenanceJobs } from "./job-list.ts";
export type { BackupResult, CheckResult } from "./job-work.ts";
export type { MaintenanceOptions, MaintenancePolicy, MaintenanceReport, MaintenanceStep } from "./options.ts";
export { type MaintenancePeriod, maintenancePeriods, maintenanceSchedule } from "./periods.ts";
export { type MaintenanceOutcome, runDueMaintenance, runMaintenance } from "./run-maintenance.ts";
