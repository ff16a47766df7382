export type { BackupInfo } from "./backup-info.ts";
export { findBackupBefore, findIncompleteBackups, getBackupInfo, listBackups } from "./catalogue.ts";
export type { CarriedOver, EndedAccess } from "./carry-over/index.ts";
export { createBackup, type CreateBackupOptions } from "./create-backup.ts";
export type { ToolOptions } from "./fields.ts";
export type { BackupStep } from "./make-backup.ts";
export type { RestoreTarget } from "./open-backup.ts";
export { previewRestore, type RestorePreview, type TablePreview } from "./restore/preview-restore.ts";
export { pruneBackups, type PruneOutcome, type RetentionRules } from "./prune-backups.ts";
export {
  restoreBackup,
  type RestoreBackupOptions,
  type RestoreOutcome,
  type RestoreStep,
} from "./restore/restore-backup.ts";
export type { DatabasePlace, InstallationKeys, SignatureOptions, TrustOptions } from "./manifest/signature.ts";
export { type SchemaUpdate, updateSchema } from "./update-schema.ts";
export { verifyBackup, type VerifyBackupOptions } from "./verify-backup.ts";
