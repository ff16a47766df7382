import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import type { Examiner } from "../../engines/port/upkeep.ts";
import { getMailState } from "../../mails/mail-state.ts";
import { findNearQuotas } from "../../quotas/near-quotas.ts";
import { parseInput } from "../../validation/input.ts";
import { getMaintenanceStatus } from "../../schedule/get-maintenance-status.ts";
import { getPerformanceStats } from "../performance/performance-stats.ts";
import { alertsFor, defaultHealthLimits, type HealthAlert, type HealthFindings } from "./alerts.ts";
import { checkDatabaseConnection, type ConnectionCheck } from "./check-connection.ts";
import { findTimesAhead, measureClockGap } from "./check-clock.ts";
import { checkFiles } from "./check-files.ts";
import { examineForeignKeys, foreignKeysUnreadable } from "./check-foreign-keys.ts";
import { schemaGap } from "./check-migrations.ts";
import { checkSecrets } from "./check-secrets.ts";
import { examineTables, tablesUnreadable } from "./check-tables.ts";
import { examineStats } from "./database-stats.ts";
import { messageOf } from "./failure.ts";
import { findMisconfigurations } from "./misconfigurations.ts";

/** The state of a database, with a verdict. */
export interface HealthReport extends HealthFindings {
  /** Whether nothing is wrong that needs somebody now: there is no critical alert. */
  readonly healthy: boolean;
  readonly timestamp: Date;
  /** What somebody should look at, the worst first. */
  readonly alerts: readonly HealthAlert[];
}

const limit = z.number().min(0);
const options = z.strictObject({
  latencyMs: limit.default(defaultHealthLimits.latencyMs),
  sizeBytes: limit.default(defaultHealthLimits.sizeBytes),
  walBytes: limit.default(defaultHealthLimits.walBytes),
  slowQueries: limit.default(defaultHealthLimits.slowQueries),
  freeBytes: limit.default(defaultHealthLimits.freeBytes),
  verifiesBackups: z.boolean().default(true),
});

/**
 * Checks everything: the connection, the tables, the foreign keys, the disk, sizes and slow queries, pending migrations,
 * whether the keys open what is encrypted, who else may read the files, whether mails wait or failed, who nears their quota,
 * whether stored times lie ahead of the clock, and whether it agrees with the database server's. Each table is read
 * and counted once, on a thread or connection of its own, so that requests go on meanwhile.
 *
 * @param db the database, or an open transaction
 * @param input from where on a figure is worth an alert: `latencyMs`, default 100; `sizeBytes`, default 1 GiB;
 *   `walBytes` of the write-ahead log, default 256 MiB; `slowQueries`, default 10; `freeBytes` on the disk, default 100 MiB;
 *   and `verifiesBackups`: whether the daily backup is verified, default true
 * @returns the findings, the alerts that follow from them, and the verdict; never throws for an unhealthy database
 * @throws {ValidationError} INVALID_INPUT with the option at fault, such as a limit that is no number from 0 up
 * @example
 * const { healthy, alerts } = await runHealthCheck(db);
 * if (!healthy) console.error(alerts);
 */
export async function runHealthCheck(db: Handle, input: z.input<typeof options> = {}): Promise<HealthReport> {
  const { verifiesBackups, ...limits } = parseInput(options, input);
  const timestamp = db.clock.now();
  const connection = await checkDatabaseConnection(db);
  const examined = await examineAll(db, connection);
  const maintenance = connection.healthy ? await readMaintenance(db) : null;
  const surroundings = await lookAround(db, connection);
  const performance = getPerformanceStats(db);
  const findings = { connection, ...examined, ...surroundings, performance, maintenance, verifiesBackups };
  const alerts = alertsFor(findings, limits);
  return { healthy: !alerts.some(({ level }) => level === "critical"), timestamp, ...findings, alerts };
}

type Surroundings = Pick<
  HealthFindings,
  "schemaGap" | "secrets" | "exposed" | "misconfigurations" | "timesAhead" | "mails" | "nearQuotas"
>;

async function lookAround(db: Handle, { healthy }: ConnectionCheck): Promise<Surroundings> {
  const exposed = await checkFiles(db);
  if (!healthy)
    return {
      schemaGap: null,
      secrets: null,
      exposed,
      misconfigurations: null,
      timesAhead: [],
      mails: null,
      nearQuotas: null,
    };
  // What cannot be read is damage, which the check of the tables tells of.
  const secrets = await checkSecrets(db).catch(() => null);
  const misconfigurations = await findMisconfigurations(db).catch(() => null);
  const timesAhead = await findTimesAhead(db).catch(() => []);
  const mails = await getMailState(db).catch(() => null);
  const nearQuotas = await findNearQuotas(db).catch(() => null);
  const gap = await schemaGap(db).catch(() => null);
  return { schemaGap: gap, secrets, exposed, misconfigurations, timesAhead, mails, nearQuotas };
}

/** A database that is older than its code has no such table, and is unhealthy for other reasons. */
function readMaintenance(db: Handle): Promise<HealthFindings["maintenance"]> {
  return getMaintenanceStatus(db).catch(() => null);
}

type Examined = Pick<
  HealthFindings,
  "tables" | "foreignKeys" | "stats" | "storage" | "leftOut" | "outdatedCollations" | "clockGapMs"
>;

async function examineAll(db: Handle, connection: ConnectionCheck): Promise<Examined> {
  // Without a connection every check would fail alike, and one that was replaced is another database.
  if (connection.error !== undefined) return unexamined(connection.error);
  try {
    return await db.connection.upkeep.examine((examiner) => examineEach(db, examiner));
  } catch (error) {
    return unexamined({ message: messageOf(error) });
  }
}

function unexamined({ message }: { message: string }): Examined {
  return {
    tables: tablesUnreadable(message),
    foreignKeys: foreignKeysUnreadable(message),
    stats: null,
    storage: null,
    leftOut: null,
    outdatedCollations: null,
    clockGapMs: null,
  };
}

/** One after the other: a second thread would take the time of requests, and the first check takes nearly all of it. */
async function examineEach(db: Handle, examiner: Examiner): Promise<Examined> {
  const storage = await examiner.probeStorage();
  const tables = await examineTables(db, examiner);
  const foreignKeys = await examineForeignKeys(examiner);
  const stats = await examineStats(examiner, { exact: true });
  // What a damaged catalogue does not tell, the checks before have told.
  const leftOut = await examiner.findLeftOut().catch(() => null);
  const outdatedCollations = await examiner.findOutdatedCollations().catch(() => null);
  const clockGapMs = await measureClockGap(db.clock, examiner).catch(() => null);
  return { tables, foreignKeys, stats, storage, leftOut, outdatedCollations, clockGapMs };
}
