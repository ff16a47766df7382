import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { BackupError } from "../../../errors/index.ts";

/** Beginning of the name of everything that belongs to a backup. */
export const backupPrefix = "nerve_backup_";
const idPattern = /^nerve_backup_\d{8}T\d{6}Z_[0-9a-f]{12}(?=\.|$)/;
const manifestEnding = ".json";

/** Beginning of the names of unfinished backups, hidden from listings. */
export const unfinishedPrefix = `.${backupPrefix}`;

/** Makes the id of a backup, the beginning of its files' names: when it was begun, and chance. */
export function newBackupId(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `${backupPrefix}${stamp}_${randomBytes(6).toString("hex")}`;
}

/** The id in the name of a file; null when the name is not of a backup. */
export function backupIdOf(name: string): string | null {
  return idPattern.exec(name)?.[0] ?? null;
}

export function isManifestName(name: string): boolean {
  return backupIdOf(name) !== null && name === `${backupIdOf(name)}${manifestEnding}`;
}

export function manifestName(id: string): string {
  return `${id}${manifestEnding}`;
}

/**
 * Finds the manifest beside any file of a backup.
 * @throws {BackupError} BACKUP_INVALID when the name is not of a backup
 */
export function manifestPathOf(path: string): string {
  const id = backupIdOf(basename(path));
  if (id === null) {
    throw new BackupError("BACKUP_INVALID", {
      message: `${path} is no file of a backup: those are named like nerve_backup_20260301T020000Z_098867b09ea4.db.`,
    });
  }
  return join(dirname(path), manifestName(id));
}
