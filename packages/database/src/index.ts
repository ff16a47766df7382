export { type Clock, systemClock } from "./database/clock.ts";
export { Database, forLaggingReads, type Handle, Transaction } from "./database/handle.ts";
export type { Page } from "./database/page.ts";
export { defaultDatabaseUrl, openDatabase, type OpenOptions } from "./database/open.ts";
export { atomic, transaction } from "./database/transaction.ts";
export type { EngineName, PoolUse, TransactionOptions } from "./engines/engine.ts";
export * from "./errors/index.ts";
export { type AppliedMigration, getAppliedMigrations, getSchemaVersion } from "./migrations/applied.ts";
export { applyMigration, type OwnMigration } from "./migrations/apply-migration.ts";
export { getMigrationStatus, migrate, type MigrationStatus } from "./migrations/migrator.ts";
export { rollbackMigration } from "./migrations/rollback-migration.ts";
export { exportSchema } from "./operations/export-schema.ts";
export * from "./operations/health/index.ts";
export * from "./operations/performance/index.ts";
export type { JsonValue } from "./schema/kit/index.ts";
export { type RowOf, type TableName, tables } from "./schema/tables.ts";
export { type UserRole, userRoles, type UserStatus, userStatuses } from "./schema/core.ts";
export * from "./audit/index.ts";
export * from "./cryptography/index.ts";
export * from "./operations/backup/index.ts";
export * from "./operations/audit-archive/index.ts";
export * from "./operations/maintenance/index.ts";
export * from "./operations/moving/index.ts";
export {
  type CleanedUpUploads,
  cleanupExpiredUploads,
  type CleanUpUploadsOptions,
} from "./operations/retention/clean-up-uploads.ts";
export * from "./identity/api-keys.ts";
export * from "./identity/companies.ts";
export * from "./identity/complete-password-change.ts";
export * from "./identity/complete-second-factor.ts";
export * from "./identity/password-changes.ts";
export * from "./identity/sessions.ts";
export * from "./identity/sign-in.ts";
export type { SignInResult } from "./identity/sign-in-result.ts";
export * from "./identity/two-factor.ts";
export * from "./identity/users.ts";
export * from "./scans/index.ts";
export * from "./records/index.ts";
export * from "./security/index.ts";
export * from "./validation/index.ts";
