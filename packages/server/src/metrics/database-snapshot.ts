import {
  checkDatabaseConnection,
  type ConnectionCheck,
  type Database,
  type DatabaseStats,
  getDatabaseStats,
  getMaintenanceStatus,
  getPerformanceStats,
  listBackups,
  type MaintenanceJobStatus,
  type PerformanceStats,
  type PoolUse,
} from "@nerve/database";

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
  readonly backups: BackupState;
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch(() => null);
}

/** Reads how large a database is; without counting rows, where the engine has an estimate. */
export function readStats(db: Database): Promise<DatabaseStats | null> {
  return orNull(getDatabaseStats(db, { exact: false }));
}

/** What the backup job wrote down, wherever it ran: its folder may be another machine's. */
function backupsOfJob(
  jobs: readonly MaintenanceJobStatus[] | null,
): { createdAt: Date; sizeBytes: number; verified: boolean }[] {
  const result = jobs?.find(({ name }) => name === "backup")?.lastResult;
  if (typeof result !== "object" || result === null || !("createdAt" in result) || !("sizeBytes" in result)) return [];
  const verified = "verified" in result && result.verified === true;
  return [{ createdAt: new Date(String(result.createdAt)), sizeBytes: Number(result.sizeBytes), verified }];
}

async function readBackups(folder: string, jobs: readonly MaintenanceJobStatus[] | null): Promise<BackupState> {
  const known = [...((await orNull(listBackups(folder))) ?? []), ...backupsOfJob(jobs)];
  const backups = known.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
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
 * @param options `backupFolder`: where its backups are; `stats`: how sizes and counts are read, for whoever keeps them a while
 */
export async function readSnapshot(
  db: Database,
  { backupFolder, stats = readStats }: { backupFolder: string; stats?: typeof readStats },
): Promise<DatabaseSnapshot> {
  const connection = await checkDatabaseConnection(db);
  const jobs = connection.healthy ? await orNull(getMaintenanceStatus(db)) : null;
  return {
    now: db.clock.now(),
    connection,
    performance: getPerformanceStats(db),
    pool: db.connection.poolUse,
    stats: connection.healthy ? await stats(db) : null,
    jobs,
    backups: await readBackups(backupFolder, jobs),
  };
}
