export * from "./audit-archive/index.ts";
export { type CleanedUpUploads, cleanupExpiredUploads, type CleanUpUploadsOptions } from "./clean-up-uploads.ts";
export * from "./jobs/index.ts";
export { purgeSoftDeleted, type PurgeOptions, type PurgeResult } from "./purge-soft-deleted.ts";
export { type AuditArchive, rotateAuditLogs, type RotateOptions } from "./rotate-audit-logs.ts";
