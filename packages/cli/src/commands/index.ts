import type { RegisterCommands } from "../command.ts";
import { registerCompany } from "./company.ts";
import { registerHealth } from "./health.ts";
import { registerStats } from "./stats.ts";
import { registerOptimize } from "./optimize.ts";
import { registerAudit } from "./audit.ts";
import { registerBackup } from "./backup/index.ts";
import { registerCopy } from "./moving/copy.ts";
import { registerEvents } from "./events.ts";
import { registerImport } from "./moving/import.ts";
import { registerInit } from "./init.ts";
import { registerKey } from "./key.ts";
import { registerKeys } from "./keys.ts";
import { registerLogs } from "./logs.ts";
import { registerMaintenance } from "./maintenance.ts";
import { registerMetrics } from "./metrics.ts";
import { registerMigrate } from "./migrate.ts";
import { registerPurge } from "./purge.ts";
import { registerSchema } from "./schema.ts";
import { registerSession } from "./session.ts";
import { registerServe } from "./serve.ts";
import { registerSurface } from "./surface/index.ts";
import { registerUser } from "./user/index.ts";

/** Every group of commands, in the order of the help. */
export const commandGroups: readonly RegisterCommands[] = [
  registerServe,
  registerInit,
  registerMigrate,
  registerSchema,
  registerCompany,
  registerUser,
  registerSession,
  registerKey,
  registerKeys,
  registerEvents,
  registerAudit,
  registerHealth,
  registerStats,
  registerMetrics,
  registerLogs,
  registerMaintenance,
  registerOptimize,
  registerPurge,
  registerBackup,
  registerCopy,
  registerImport,
  registerSurface,
];
