import type { Database } from "../../database/handle.ts";
import { DatabaseError } from "../../errors/index.ts";
import { getMigrationStatus, migrate } from "../../migrations/migrator.ts";
import type { BackupInfo } from "./backup-info.ts";
import { createBackup, type CreateBackupOptions } from "./create-backup.ts";

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
 * @param options `backup`: as for `createBackup`; null makes none
 * @returns the backup, and the versions that were applied
 * @throws {DatabaseError} as `createBackup`, with nothing migrated
 * @throws {MigrationError} SCHEMA_NEWER, MIGRATION_EDITED, MIGRATION_FAILED as `migrate`
 * @example
 * const older = await openDatabase("sqlite:updated.db", { migrations: "ignore" });
 * const { applied } = await updateSchema(older, { backup: { folder: "before-updates" } });
 * await older.close();
 */
export async function updateSchema(
  db: Database,
  { backup }: { backup: CreateBackupOptions | null },
): Promise<SchemaUpdate> {
  const { pending, schemaVersion } = await getMigrationStatus(db);
  const isWorthIt = pending.length > 0 && schemaVersion !== null;
  const made = isWorthIt && backup !== null ? await backUpBefore(db, backup) : null;
  return { backup: made, applied: await migrate(db) };
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
