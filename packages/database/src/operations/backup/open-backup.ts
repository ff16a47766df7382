import { Database } from "../../database/handle.ts";
import type { BackupPort, BackupTools } from "../../engines/port/backup.ts";
import { backupPortFor } from "../../engines/open.ts";
import { BackupError, ValidationError } from "../../errors/index.ts";
import { backupKeysOf } from "./backup-keys.ts";
import { readManifest } from "./manifest.ts";
import { partOf, partPath, partsAreIntact, type StoredBackup } from "./parts.ts";

/** A database to restore into: open, or by its URL when it cannot be opened. */
export type RestoreTarget = Database | string;

/** What backup and restore need of a database. */
export async function portOf(target: RestoreTarget, tools: BackupTools): Promise<BackupPort> {
  return target instanceof Database ? target.connection.backupPort(tools) : backupPortFor(target, tools);
}

/**
 * Reads the manifest of a backup and checks it with the key.
 * @throws {BackupError} BACKUP_INVALID when it is missing, damaged or changed
 * @throws {BackupError} SECRET_UNREADABLE when the key is missing or wrong
 */
export async function openBackup(path: string, secret: string | undefined): Promise<StoredBackup> {
  const { manifest, isIntact } = await readManifest(path);
  const keys = await backupKeysOf(manifest, secret);
  if (!isIntact(keys?.manifest ?? null)) {
    throw new BackupError("BACKUP_INVALID", { message: "The manifest was changed since the backup was made." });
  }
  return { path, manifest, keys };
}

/**
 * Reads all files of a backup where they lie.
 * @throws {BackupError} BACKUP_INVALID when one is missing or another than the manifest says
 */
export async function requireIntact(path: string, secret: string | undefined): Promise<void> {
  const { manifest } = await openBackup(path, secret);
  if (await partsAreIntact(path, manifest)) return;
  throw new BackupError("BACKUP_INVALID", { message: `The backup ${path} is not as it was made.` });
}

/** @throws when the backup is of another engine, or is the live database itself */
export async function refuseUnfit(port: BackupPort, { path, manifest }: StoredBackup): Promise<void> {
  const extension = manifest.engine === "sqlite" ? "db" : "dump";
  if (port.extension !== extension) {
    throw new ValidationError([
      { field: "path", message: "is a backup of the other engine; `nerve copy` moves data between them" },
    ]);
  }
  const database = partOf(manifest, "database");
  if (database !== undefined && (await port.isLive(partPath(path, database)))) {
    throw new BackupError("BACKUP_INVALID", { message: "The file is the live database itself, and no backup of it." });
  }
}
