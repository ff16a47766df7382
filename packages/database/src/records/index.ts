export { batchInsert, type BatchInsertOptions, type BatchResult, type RecordError } from "./batch-insert.ts";
export type { RecordId } from "./known-table.ts";
export { type FieldChange, safeUpdate, type SafeUpdateOptions, type UpdateResult } from "./safe-update.ts";
export { restore, softDelete } from "./soft-delete.ts";
