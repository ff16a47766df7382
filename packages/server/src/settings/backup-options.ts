import type { CreateBackupOptions, InstallationKeys, SignatureOptions, ToolOptions } from "@nerve/database";
import { keyOptions } from "./database-options.ts";
import type { Settings } from "./definitions.ts";

/** The programs that backups of PostgreSQL need, as far as the settings say. */
function backupTools({ postgresPrograms, searchPath }: Settings): ToolOptions {
  return { programsFolder: postgresPrograms ?? undefined, searchPath: searchPath ?? undefined };
}

/** Whose signatures count, where no database is open. */
export function signatureOptions(settings: Settings): SignatureOptions {
  return { database: settings.databaseUrl, ...keyOptions(settings) };
}

/** What reading a backup takes, as far as the settings say. */
export function backupReadOptions(settings: Settings): ToolOptions & InstallationKeys & { key?: string } {
  const { backupKey } = settings;
  return { ...backupTools(settings), ...keyOptions(settings), ...(backupKey === null ? {} : { key: backupKey }) };
}

/** What making a backup takes, as far as the settings say. */
export function backupWriteOptions(settings: Settings): CreateBackupOptions {
  const { backupFolder: folder, backupKey: key, backupCompression: compress, uploadsFolder: uploads } = settings;
  return { ...backupTools(settings), folder, uploads, compress, ...(key === null ? {} : { encrypt: { key } }) };
}

/** The backup before a migration, as far as the settings want one, and where those of a database lie that was there before. */
export function updateOptions(settings: Settings): { backup: CreateBackupOptions | null; formerBackups: string } {
  const { backupBeforeMigration, backupFolder: formerBackups } = settings;
  return { backup: backupBeforeMigration ? backupWriteOptions(settings) : null, formerBackups };
}

/** What a restore takes, as far as the settings say. */
export function restoreOptions(settings: Settings) {
  return { ...backupReadOptions(settings), folder: settings.backupFolder, uploads: settings.uploadsFolder };
}
