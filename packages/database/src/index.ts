export { type Clock, systemClock } from "./database/clock.ts";
export { ageOf, isAhead } from "./database/durations.ts";
export {
  Database,
  type DatabaseFiles,
  forLaggingReads,
  type Handle,
  readApart,
  Transaction,
  withDocumentsAsText,
  withNotices,
} from "./database/handle.ts";
export type { Page } from "./database/page.ts";
export { type DiskPlace, findNestedPlaces } from "./files/places-apart.ts";
export { translateFileError } from "./files/errors.ts";
export { formatBytes } from "./files/format-bytes.ts";
export { filesOf } from "./opening/secrets.ts";
export { defaultDatabaseUrl, openDatabase, type OpenOptions } from "./opening/open-database.ts";
export { atomic, transaction } from "./database/transaction.ts";
export type { EngineName, EngineWarning, PoolUse, TransactionOptions } from "./engines/port/engine.ts";
export * from "./errors/index.ts";
export { type AppliedMigration, getAppliedMigrations, getSchemaVersion } from "./migrations/applied.ts";
export type { ApplicationMigration } from "./migrations/application-migrations.ts";
export { applyMigration, type OwnMigration } from "./migrations/apply-migration.ts";
export { getMigrationStatus, migrate, type MigrationStatus } from "./migrations/migrator.ts";
export { rollbackMigration } from "./migrations/rollback-migration.ts";
export { writeTable } from "./migrations/write-table.ts";
export type { JsonValue } from "./schema/kit/index.ts";
export type { SchemaWith } from "./schema/registry.ts";
export { type RowOf, type TableName, tables, type VisibleRowOf } from "./schema/tables.ts";
export { type UserRole, userRoles, type UserStatus, userStatuses } from "./schema/core.ts";
export * from "./access/index.ts";
export * from "./operation/index.ts";
export * from "./audit/index.ts";
export * from "./cryptography/index.ts";
export * from "./upkeep/index.ts";
export * from "./identity/index.ts";
export * from "./mails/index.ts";
export * from "./operations/index.ts";
export * from "./scans/index.ts";
export * from "./surface/index.ts";
export * from "./quotas/index.ts";
export * from "./records/index.ts";
export * from "./rows/index.ts";
export * from "./security/index.ts";
export * from "./validation/index.ts";
