export { documentRoles, type DocumentedRoute } from "./authorization/document-roles.ts";
export { createServer, type ServerOptions } from "./lifecycle/create-server.ts";
export { type RunningServer, startServer } from "./lifecycle/start-server.ts";
export { createLogger } from "./logging/create-logger.ts";
export { documentLogs, type LogEntry, logInventory } from "./logging/log-inventory.ts";
export {
  backupReadOptions,
  backupWriteOptions,
  restoreOptions,
  databaseOptions,
  documentSettings,
  parseSettings,
  settingDefinitions,
  type SettingDefinition,
  type Settings,
} from "./settings/index.ts";
export { maintenancePolicy } from "./maintenance/policy.ts";
export { databaseMetrics, documentUpkeep } from "./metrics/index.ts";
