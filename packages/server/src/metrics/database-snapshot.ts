import {
  checkDatabaseConnection,
  type ConnectionCheck,
  type Database,
  type DatabaseStats,
  getDatabaseStats,
  getMailState,
  getMaintenanceStatus,
  getPerformanceStats,
  getSurfaceState,
  isAhead,
  type JobName,
  listBackups,
  type MailState,
  type MaintenanceJobStatus,
  type PerformanceStats,
  type PoolUse,
  type SurfaceState,
} from "@nerve/database";
import { z } from "zod";

/** The newest backups that are known of. */
export interface BackupState {
  readonly newestAt: Date | null;
  readonly newestVerifiedAt: Date | null;
  /** Of the newest one. */
  readonly sizeBytes: number | null;
}

/** The state of a database at one moment. What could not be read is null. */
export interface DatabaseSnapshot {
  readonly now: Date;
  readonly connection: ConnectionCheck;
  readonly performance: PerformanceStats;
  readonly pool: PoolUse;
  readonly stats: DatabaseStats | null;
  readonly jobs: readonly MaintenanceJobStatus[] | null;
  /** What the last daily check found. */
  readonly check: z.output<typeof checkResult> | null;
  readonly backups: BackupState;
  readonly mails: MailState | null;
  readonly surface: SurfaceState | null;
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch(() => null);
}

/** Reads how large a database is; without counting rows, where the engine has an estimate. */
export function readStats(db: Database): Promise<DatabaseStats | null> {
  return orNull(getDatabaseStats(db, { exact: false }));
}

/** Reads how many findings and imports there are. */
export function readSurface(db: Database): Promise<SurfaceState | null> {
  return orNull(getSurfaceState(db));
}

/** What the backup job writes down, wherever it runs: its folder may be another machine's. */
const backupResult = z.object({ createdAt: z.coerce.date(), sizeBytes: z.number(), verified: z.boolean() });

/** What the daily check writes down. */
const checkResult = z.object({ tablesHealthy: z.boolean(), foreignKeyViolations: z.number() });

/** The result of a job's last run; null when that failed, or there was none. */
function resultOf<T>(jobs: DatabaseSnapshot["jobs"], job: JobName, schema: z.ZodType<T>): T | null {
  return schema.safeParse(jobs?.find(({ name }) => name === job)?.lastResult).data ?? null;
}

/** Without those that are dated ahead of the clock: how old they are, nobody can tell. */
async function readBackups(
  db: Database,
  folder: string,
  { jobs, now }: Pick<DatabaseSnapshot, "jobs" | "now">,
): Promise<BackupState> {
  const ofJob = resultOf(jobs, "backup", backupResult);
  const listed = (await orNull(listBackups(folder, { database: db }))) ?? [];
  // What anybody may have written says nothing, but where there is nothing else.
  const signed = listed.filter((backup) => backup.signed);
  const known = [...(signed.length > 0 ? signed : listed), ...(ofJob === null ? [] : [ofJob])];
  const dated = known.filter(({ createdAt }) => !isAhead(createdAt, now));
  const backups = dated.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  const [newest] = backups;
  return {
    newestAt: newest?.createdAt ?? null,
    newestVerifiedAt: backups.find(({ verified }) => verified)?.createdAt ?? null,
    sizeBytes: newest?.sizeBytes ?? null,
  };
}

/**
 * Reads the state of a database; an unhealthy one is described, and never thrown about.
 *
 * @param db the database
 * @param options `backupFolder`: where its backups are; `stats` and `surface`: how sizes and counts are read, for whoever keeps them a while
 */
export async function readSnapshot(
  db: Database,
  {
    backupFolder,
    stats = readStats,
    surface = readSurface,
  }: { backupFolder: string; stats?: typeof readStats; surface?: typeof readSurface },
): Promise<DatabaseSnapshot> {
  const connection = await checkDatabaseConnection(db);
  const jobs = connection.healthy ? await orNull(getMaintenanceStatus(db)) : null;
  const now = db.clock.now();
  return {
    now,
    connection,
    performance: getPerformanceStats(db),
    pool: db.connection.poolUse,
    stats: connection.healthy ? await stats(db) : null,
    jobs,
    check: resultOf(jobs, "health-check", checkResult),
    backups: await readBackups(db, backupFolder, { jobs, now }),
    mails: connection.healthy ? await orNull(getMailState(db)) : null,
    surface: connection.healthy ? await surface(db) : null,
  };
}
