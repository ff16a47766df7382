import { checkSecrets, type Database, findTimesAhead, openDatabase, updateSchema } from "@nerve/database";
import type { Logger } from "pino";
import { createLogger } from "../logging/create-logger.ts";
import { createMaintenanceRunner, scheduleMaintenance } from "../maintenance/schedule.ts";
import { createSetUpLink } from "../routes/set-up/set-up-link.ts";
import { scheduleMails } from "../mail/index.ts";
import { listenForMetrics, type MetricsListener } from "../metrics/index.ts";
import type { Server } from "../routes/server-context.ts";
import { databaseOptions, type Settings, updateOptions } from "../settings/index.ts";
import { createServer } from "./create-server.ts";
import { reachableAddress } from "./reachable-address.ts";

/** A server that listens. */
export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:8000`; of every address of the machine, one that others reach. */
  readonly address: string;
  /** Where metrics are read without a key: `http://127.0.0.1:9464`; null without a port of their own. */
  readonly metricsAddress: string | null;
  /** The one-time link for the first administrator; null when there are users. Show it to whoever started the server, only. */
  readonly setUpUrl: string | null;
  /**
   * Stops: takes no new requests, lets those under way finish (for `stopSeconds` at most), closes the database. Idempotent.
   */
  readonly stop: () => Promise<void>;
}

/**
 * Opens the database, brings its schema up to date, after a backup where something is pending, and serves it.
 *
 * @param settings as `parseSettings` reads them
 * @param options `log`: the logger, by default JSON lines on standard error
 * @returns once it listens
 * @throws {DatabaseError} as `openDatabase`; an error of Node when the address is taken. Nothing stays open then
 */
export async function startServer(settings: Settings, { log }: { log?: Logger } = {}): Promise<RunningServer> {
  const logger = log ?? createLogger(settings.logLevel);
  const db = await openDatabase(settings.databaseUrl, {
    ...databaseOptions(settings),
    migrations: "ignore",
    onWarning: ({ code, message }) => logger.warn({ code }, message),
  });
  try {
    await bringUpToDate(db, settings, logger);
    const setUpLink = await createSetUpLink(db);
    const server = await createServer({ db, settings, log: logger, setUpLink });
    const { address, metrics } = await listen(server, settings, logger);
    const endMaintenance = settings.maintenance
      ? scheduleMaintenance(createMaintenanceRunner(db, settings, logger))
      : undefined;
    const endMails = scheduleMails(server.mailer);
    let stopping: Promise<void> | undefined;
    return {
      address,
      metricsAddress: metrics?.address ?? null,
      setUpUrl: setUpLink?.urlAt(settings.publicUrl ?? address) ?? null,
      stop() {
        stopping ??= stopServer({ server, metrics, db, endMaintenance, endMails }, settings.stopSeconds);
        return stopping;
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Listens for metrics first: what cannot begin whole does not begin. */
async function listen(server: Server, settings: Settings, log: Logger) {
  const { host, port, metricsHost, metricsPort } = settings;
  let metrics: MetricsListener | undefined;
  try {
    if (metricsPort !== null) {
      const print = () => server.printMetrics();
      metrics = await listenForMetrics({ host: metricsHost, port: metricsPort, print, log });
    }
    const listening = await server.listen({ host, port, listenTextResolver: () => "listening" });
    return { address: reachableAddress(listening, host), metrics };
  } catch (error) {
    await Promise.all([server.close(), metrics?.close()]);
    throw error;
  }
}

async function bringUpToDate(db: Database, settings: Settings, log: Logger): Promise<void> {
  const { backup, applied } = await updateSchema(db, updateOptions(settings));
  if (backup !== null) log.info({ backup: backup.backupPath }, "the database was backed up before its migration");
  if (applied.length > 0) log.info({ migrations: applied }, "the database was migrated");
  await warnOfSurroundings(db, log);
}

/** Says at the start what would show late, or as something else: a key that is missing, a clock that is wrong. */
async function warnOfSurroundings(db: Database, log: Logger): Promise<void> {
  const { unreadable } = await checkSecrets(db);
  if (unreadable.length > 0) log.error({ unreadable }, "encrypted values cannot be read with the keys at hand");
  const timesAhead = await findTimesAhead(db);
  if (timesAhead.length > 0)
    log.warn({ timesAhead }, "the database holds times ahead of the clock: it is behind, or was ahead once");
}

interface Running {
  readonly server: Server;
  readonly metrics: MetricsListener | undefined;
  readonly db: Database;
  readonly endMaintenance: ReturnType<typeof scheduleMaintenance> | undefined;
  readonly endMails: () => void;
}

async function stopServer({ server, metrics, db, endMaintenance, endMails }: Running, seconds: number): Promise<void> {
  endMails();
  const deadline = setTimeout(() => server.server.closeAllConnections(), seconds * 1000);
  try {
    await Promise.all([server.close(), metrics?.close(), endMaintenance?.(seconds)]);
  } finally {
    clearTimeout(deadline);
    await db.close();
  }
}
