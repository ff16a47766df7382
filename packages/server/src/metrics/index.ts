import type { Database } from "@nerve/database";
import type { Settings } from "../settings/index.ts";
import { printDatabaseMetrics } from "./database-metrics.ts";
import { readSnapshot } from "./database-snapshot.ts";

export { documentUpkeep } from "./document-upkeep.ts";
export { listenForMetrics, type MetricsListener } from "./listen-for-metrics.ts";
export { createMetrics, type Metrics } from "./create-metrics.ts";

/**
 * Prints the metrics of a database in Prometheus' text format, without a server.
 *
 * @param db the database
 * @param settings of which `backupFolder` says where its backups are
 */
export async function databaseMetrics(db: Database, settings: Pick<Settings, "backupFolder">): Promise<string> {
  return printDatabaseMetrics(await readSnapshot(db, settings));
}
