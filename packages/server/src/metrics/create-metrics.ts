import type { Database } from "@nerve/database";
import type { FastifyInstance } from "fastify";
import { type Counter, Gauge, Registry } from "prom-client";
import type { Settings } from "../settings/index.ts";
import { readVersion } from "../version.ts";
import { printDatabaseMetrics } from "./database-metrics.ts";
import { readSnapshot, readStats, readSurface } from "./database-snapshot.ts";
import { observeRequests } from "./observe-requests.ts";
import { measureProcess } from "./process-metrics.ts";

/** The metrics of one server. */
export interface Metrics {
  /** Prints them in Prometheus' text format. */
  readonly print: () => Promise<string>;
}

/** How long sizes and counts of rows are kept, in milliseconds: they take reading, and many may ask. */
const statsAgeMs = 60_000;

interface Measured {
  readonly db: Database;
  readonly settings: Pick<Settings, "backupFolder">;
  /** What others count. */
  readonly counters: readonly Counter[];
}

/** Makes the metrics of a server, and measures it until it is closed. */
export function createMetrics(server: FastifyInstance, { db, settings, counters }: Measured): Metrics {
  const registry = new Registry();
  for (const counter of counters) registry.registerMetric(counter);
  const endMeasuring = measureProcess(registry);
  server.addHook("onClose", async () => endMeasuring());
  observeRequests(server, registry);
  const info = new Gauge({
    name: "nerve_build_info",
    help: "The version, in its label.",
    labelNames: ["version"],
    registers: [registry],
  });
  info.set({ version: readVersion() }, 1);
  const options = {
    backupFolder: settings.backupFolder,
    stats: keepForAWhile(readStats),
    surface: keepForAWhile(readSurface),
  };
  return {
    async print() {
      const snapshot = await readSnapshot(db, options);
      return `${await registry.metrics()}\n${await printDatabaseMetrics(snapshot)}`;
    },
  };
}

/** Reads anew only what is older than a minute; whoever asks meanwhile gets the same reading. */
function keepForAWhile<Reading>(read: (db: Database) => Promise<Reading>): typeof read {
  let kept: { readonly at: number; readonly reading: Promise<Reading> } | undefined;
  return (db) => {
    const now = db.clock.now().getTime();
    if (kept === undefined || now - kept.at >= statsAgeMs) kept = { at: now, reading: read(db) };
    return kept.reading;
  };
}
