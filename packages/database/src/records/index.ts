export { batchInsert, type BatchInsertOptions, type BatchResult, type RecordError } from "./batch-insert.ts";
export type { RecordId } from "./known-table.ts";
export { purgeSoftDeleted, type PurgeOptions, type PurgeResult } from "../upkeep/purge-soft-deleted.ts";
export { type AuditArchive, rotateAuditLogs, type RotateOptions } from "../upkeep/rotate-audit-logs.ts";
export { type FieldChange, safeUpdate, type SafeUpdateOptions, type UpdateResult } from "./safe-update.ts";
export { restore, softDelete } from "./soft-delete.ts";
