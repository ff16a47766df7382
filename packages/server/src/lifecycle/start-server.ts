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
import { resumeImportsAtStart } from "./resume-imports.ts";
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
  const opened: Opened = { db };
  try {
    await bringUpToDate(db, settings, logger);
    const setUpLink = await createSetUpLink(db);
    opened.server = await createServer({ db, settings, log: logger, setUpLink });
    const address = await listen(opened.server, opened, { settings, log: logger });
    if (settings.maintenance)
      opened.endMaintenance = scheduleMaintenance(createMaintenanceRunner(db, settings, logger));
    opened.endMails = scheduleMails(opened.server.mailer);
    opened.endImports = resumeImportsAtStart(db, settings, logger);
    let stopping: Promise<void> | undefined;
    return {
      address,
      metricsAddress: opened.metrics?.address ?? null,
      setUpUrl: setUpLink?.urlAt(settings.publicUrl ?? address) ?? null,
      stop() {
        stopping ??= close(opened, settings.stopSeconds);
        return stopping;
      },
    };
  } catch (error) {
    await close(opened, 0);
    throw error;
  }
}

/** What has been opened so far, and has to be closed again. */
interface Opened {
  readonly db: Database;
  server?: Server;
  metrics?: MetricsListener;
  endMaintenance?: ReturnType<typeof scheduleMaintenance>;
  endMails?: () => void;
  endImports?: () => Promise<void>;
}

/** Listens for metrics first: what cannot begin whole does not begin. */
async function listen(server: Server, opened: Opened, { settings, log }: { settings: Settings; log: Logger }) {
  const { host, port, metricsHost, metricsPort } = settings;
  if (metricsPort !== null) {
    const print = () => server.printMetrics();
    opened.metrics = await listenForMetrics({ host: metricsHost, port: metricsPort, print, log });
  }
  const listening = await server.listen({ host, port, listenTextResolver: () => "listening" });
  return reachableAddress(listening, host);
}

async function bringUpToDate(db: Database, settings: Settings, log: Logger): Promise<void> {
  const { backup, applied } = await updateSchema(db, updateOptions(settings));
  if (backup !== null) log.info({ backup: backup.backupPath }, "the database was backed up before its migration");
  if (applied.length > 0) log.info({ migrations: applied }, "the database was migrated");
  await warnOfSurroundings(db, log);
}

/** Says at the start what would show late, or as something else: a key that is missing, a clock that is wrong. */
async function warnOfSurroundings(db: Database, log: Logger): Promise<void> {
  const { unreadable, withoutKeys } = await checkSecrets(db);
  if (unreadable.length > 0) log.error({ unreadable, withoutKeys }, "encrypted values cannot be read");
  const timesAhead = await findTimesAhead(db);
  if (timesAhead.length > 0)
    log.warn({ timesAhead }, "the database holds times ahead of the clock: it is behind, or was ahead once");
}

/** Ends what is under way, after so many seconds at the latest, and closes the database last. */
async function close(
  { server, metrics, db, endMaintenance, endMails, endImports }: Opened,
  seconds: number,
): Promise<void> {
  endMails?.();
  const deadline = setTimeout(() => server?.server.closeAllConnections(), seconds * 1000);
  try {
    await Promise.all([server?.close(), metrics?.close(), endMaintenance?.(seconds), endImports?.()]);
  } finally {
    clearTimeout(deadline);
    await db.close();
  }
}
