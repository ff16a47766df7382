import type { OpenOptions } from "@nerve/database";
import type { Settings } from "./definitions.ts";

/** How the database is opened, as far as the settings say. */
export function databaseOptions(settings: Settings): OpenOptions {
  return {
    maxConnections: settings.databaseMaxConnections,
    statementTimeoutMs: settings.databaseStatementTimeoutMs,
    pooler: settings.databasePooler,
    readMaxLagMs: settings.databaseReadMaxLagMs,
    ...(settings.databaseReadUrl === null ? {} : { readUrl: settings.databaseReadUrl }),
    ...(settings.keyFile === null ? {} : { keyFile: settings.keyFile }),
    ...(settings.encryptionKeys === null ? {} : { keys: settings.encryptionKeys }),
  };
}
