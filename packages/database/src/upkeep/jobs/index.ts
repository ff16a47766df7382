export { getMaintenanceStatus, type MaintenanceJobStatus } from "../../schedule/get-maintenance-status.ts";
export { type JobName, type MaintenanceJob, maintenanceJobs } from "../../schedule/job-list.ts";
export type { BackupResult, CheckResult } from "./job-work.ts";
export type { MaintenanceOptions, MaintenancePolicy, MaintenanceReport, MaintenanceStep } from "./options.ts";
export { type MaintenancePeriod, maintenancePeriods, maintenanceSchedule } from "../../schedule/periods.ts";
export { type MaintenanceOutcome, runDueMaintenance, runMaintenance } from "./run-maintenance.ts";
