import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../../database/clock.ts";
import { isAhead } from "../../database/durations.ts";
import { BackupError } from "../../errors/index.ts";
import { hasCode, translateFileError } from "../../files/errors.ts";
import { parseInput } from "../../validation/input.ts";
import * as input from "../../validation/input.ts";
import { type BackupInfo, describeBackup } from "./backup-info.ts";
import * as fields from "./fields.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { isManifestName } from "./names.ts";

/** A manifest with the path that it was read from. */
export interface CataloguedBackup {
  readonly path: string;
  readonly manifest: Manifest;
}

/** Whether a backup is dated ahead of the clock: when it was really made, nobody can tell. */
export function isDatedAhead({ manifest }: CataloguedBackup, clock: Clock): boolean {
  return isAhead(new Date(manifest.createdAt), clock.now());
}

/**
 * Reads the manifests of a folder, newest state first; those that are dated ahead of the clock are last. What cannot be read is
 * no backup, and left out.
 */
export async function readCatalogue(folder: string, clock: Clock = systemClock): Promise<CataloguedBackup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw translateFileError(error);
  });
  const read = async (name: string): Promise<CataloguedBackup[]> => {
    const path = join(folder, name);
    try {
      return [{ path, manifest: (await readManifest(path)).manifest }];
    } catch (error) {
      if (error instanceof BackupError) return [];
      throw error;
    }
  };
  const found = (await Promise.all(names.filter(isManifestName).map(read))).flat();
  const key = (backup: CataloguedBackup) =>
    `${isDatedAhead(backup, clock) ? 0 : 1} ${backup.manifest.createdAt} ${backup.manifest.id}`;
  return found.toSorted((one, other) => (key(one) < key(other) ? 1 : -1));
}

/**
 * Reads what a backup is, from its manifest alone.
 *
 * @param path any file of the backup
 * @returns what the manifest says; nothing of the backup itself is read
 * @throws {BackupError} BACKUP_INVALID when there is no manifest, or it is damaged
 * @example
 * const [newest] = await listBackups("backups");
 * if (newest !== undefined) console.log((await getBackupInfo(newest.backupPath)).rowCounts);
 */
export async function getBackupInfo(path: string): Promise<BackupInfo> {
  const file = parseInput(fields.path(), path, { field: "path" });
  return describeBackup(file, (await readManifest(file)).manifest);
}

/**
 * Lists the backups of a folder, newest first by the time of the state that they hold, whatever the times of the files. Those that
 * are dated ahead of the clock come last: a clock was wrong when they were made.
 *
 * @param folder where they are; one that does not exist has none
 * @returns each complete backup
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be read
 * @example
 * const [newest] = await listBackups("backups");
 * console.log(newest?.createdAt);
 */
export async function listBackups(folder: string): Promise<BackupInfo[]> {
  const backups = await readCatalogue(parseInput(fields.path(), folder, { field: "folder" }));
  return backups.map(({ path, manifest }) => describeBackup(path, manifest));
}

/**
 * Finds the state before an incident: the newest backup of a state no later than a time.
 *
 * @param folder where the backups are
 * @param time the last moment that may be in it
 * @returns the backup; null when all are later
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be read
 * @example
 * const backup = await findBackupBefore("backups", new Date("2026-03-01T02:00:00Z"));
 */
export async function findBackupBefore(folder: string, time: Date): Promise<BackupInfo | null> {
  const latest = parseInput(input.date(), time, { field: "time" });
  const backups = await listBackups(folder);
  return backups.find(({ createdAt }) => createdAt.getTime() <= latest.getTime()) ?? null;
}
