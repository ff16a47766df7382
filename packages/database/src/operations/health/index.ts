export type { HealthAlert, HealthLimits } from "./alerts.ts";
export { checkDatabaseConnection, type CheckFailure, type ConnectionCheck } from "./check-connection.ts";
export { checkForeignKeyConstraints, type ForeignKeyCheck } from "./check-foreign-keys.ts";
export type { ExposedFile } from "./check-files.ts";
export { checkSecrets, type SecretCheck, type UnreadableSecrets } from "./check-secrets.ts";
export { checkTableIntegrity, type TableCheck } from "./check-tables.ts";
export type { TableError, TableErrorKind } from "./compare-schema.ts";
export { type DatabaseStats, getDatabaseStats } from "./database-stats.ts";
export { type HealthReport, runHealthCheck } from "./run-health-check.ts";
