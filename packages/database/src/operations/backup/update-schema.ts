import { dirname } from "node:path";
import type { Database } from "../../database/handle.ts";
import { DatabaseConnectionError, DatabaseError } from "../../errors/index.ts";
import { isWithin } from "../../files/is-within.ts";
import { getMigrationStatus, migrate } from "../../migrations/migrator.ts";
import type { BackupInfo } from "./backup-info.ts";
import { listBackups } from "./catalogue.ts";
import { createBackup, type CreateBackupOptions } from "./create-backup.ts";
import { recordBackup } from "./record-backup.ts";

/** What bringing a database up to date did. */
export interface SchemaUpdate {
  /** The backup of the state before; null where nothing was pending, nothing was there, or none was wanted. */
  readonly backup: BackupInfo | null;
  /** The versions that were applied. */
  readonly applied: readonly string[];
}

/**
 * Applies the pending migrations, after a backup of the database as it is: an older NERVE can be given that back, and the
 * newer schema cannot.
 *
 * @param db the database, opened with `migrations: "ignore"`
 * @param options `backup`: as for `createBackup`; null makes none. `formerBackups`: folder of the backups of the database that may
 *   have been here before; an empty one is not made ready where it holds one
 * @returns the backup, and the versions that were applied
 * @throws {DatabaseConnectionError} CONNECTION_FAILED with the path of a former backup, where the database is empty
 * @throws {DatabaseError} as `createBackup`, with nothing migrated
 * @throws {MigrationError} SCHEMA_NEWER, MIGRATION_EDITED, MIGRATION_FAILED as `migrate`
 * @example
 * const older = await openDatabase("sqlite:updated.db", { migrations: "ignore" });
 * const { applied } = await updateSchema(older, { backup: { folder: "before-updates" } });
 * await older.close();
 */
export async function updateSchema(
  db: Database,
  { backup, formerBackups }: { backup: CreateBackupOptions | null; formerBackups?: string },
): Promise<SchemaUpdate> {
  const { pending, schemaVersion } = await getMigrationStatus(db);
  if (schemaVersion === null && formerBackups !== undefined) await requireNeverFilled(db, formerBackups);
  const isWorthIt = pending.length > 0 && schemaVersion !== null;
  const made = isWorthIt && backup !== null ? await backUpBefore(db, backup) : null;
  const applied = await migrate(db);
  if (made !== null) await recordBackup(db, made, backup ?? {});
  return { backup: made, applied };
}

async function backUpBefore(db: Database, options: CreateBackupOptions): Promise<BackupInfo> {
  try {
    return await createBackup(db, options);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    // A role that may not make a scratch database can still make a backup.
    if (error.code === "BACKUP_FAILED" && options.verify !== false)
      return backUpBefore(db, { ...options, verify: false });
    throw new DatabaseError(error.code, {
      message: `Nothing was migrated, for the backup before it could not be made. ${error.message}`,
      cause: error,
    });
  }
}

/**
 * Makes sure that an empty database is a new one, and not what is left of one that was dropped, or another than is meant: served, it
 * would be backed up over the good backups in the end. Backups of a SQLite database count where they lie beside it, as for a file
 * that is missing.
 */
async function requireNeverFilled({ engine, files }: Database, folder: string): Promise<void> {
  if (engine === "sqlite" && (files.database === undefined || !isWithin(dirname(files.database), folder))) return;
  const former = (await listBackups(folder)).find((backup) => backup.engine === engine);
  if (former === undefined) return;
  throw new DatabaseConnectionError("CONNECTION_FAILED", {
    message: `The database is empty, but ${former.backupPath} shows that there was one: it is not made ready as a new one.`,
    help: "Check the database URL, or restore a backup: `nerve backup list`, `nerve backup restore FILE --confirm`. For a new, empty database all the same: `nerve init --new`.",
  });
}
