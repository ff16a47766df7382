import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { KeyRing } from "../../cryptography/index.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import { isAhead } from "../../database/durations.ts";
import { BackupError } from "../../errors/index.ts";
import { hasCode, translateFileError } from "../../files/errors.ts";
import { z } from "zod";
import { parseInput } from "../../validation/input.ts";
import * as input from "../../validation/input.ts";
import { type BackupInfo, describeBackup } from "./backup-info.ts";
import * as fields from "./fields.ts";
import { type Manifest, readManifest } from "./manifest/manifest.ts";
import { isManifestName } from "./manifest/names.ts";
import { findKeyRing, signatureFields, type SignatureOptions } from "./manifest/signature.ts";

/** A manifest with the path that it was read from. */
export interface CataloguedBackup {
  readonly path: string;
  readonly manifest: Manifest;
  /** Whether one of the keys that it was read with signed it; without keys, whether anybody did. */
  readonly signed: boolean;
}

/** Whether a backup is dated ahead of the clock: when it was really made, nobody can tell. */
export function isDatedAhead({ manifest }: CataloguedBackup, clock: Clock): boolean {
  return isAhead(new Date(manifest.createdAt), clock.now());
}

const signatureSchema = z.strictObject(signatureFields);

/**
 * Reads the manifests of a folder, newest state first; those that are dated ahead of the clock are last. What cannot be read is
 * no backup, and left out.
 * @param ring the keys of the installation; null where there are none to check with
 */
export async function readCatalogue(
  folder: string,
  ring: KeyRing | null,
  clock: Clock = systemClock,
): Promise<CataloguedBackup[]> {
  const names = await namesIn(folder);
  const read = async (name: string): Promise<CataloguedBackup[]> => {
    const path = join(folder, name);
    try {
      const { manifest, isSigned } = await readManifest(path);
      return [{ path, manifest, signed: isSigned(ring) }];
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

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw translateFileError(error);
  });
}

/**
 * Reads what a backup is, from its manifest alone.
 *
 * @param path any file of the backup
 * @param options `database`, open or its URL, with `keys` or `keyFile` where that does not know them: whose signature counts
 * @returns what the manifest says; nothing of the backup itself is read
 * @throws {BackupError} BACKUP_INVALID when there is no manifest, or it is damaged
 * @example
 * const [newest] = await listBackups("backups");
 * if (newest !== undefined) console.log((await getBackupInfo(newest.backupPath)).rowCounts);
 */
export async function getBackupInfo(path: string, options: SignatureOptions = {}): Promise<BackupInfo> {
  const file = parseInput(fields.path(), path, { field: "path" });
  const { manifest, isSigned } = await readManifest(file);
  return describeBackup(file, manifest, isSigned(await ringFor(options)));
}

async function ringFor(options: SignatureOptions): Promise<KeyRing | null> {
  const { database, ...keys } = parseInput(signatureSchema, options);
  return findKeyRing(database, keys);
}

/**
 * Lists the backups of a folder, newest first by the time of the state that they hold, whatever the times of the files. Those that
 * are dated ahead of the clock come last: a clock was wrong when they were made.
 *
 * @param folder where they are; one that does not exist has none
 * @param options whose signature counts, as for `getBackupInfo`
 * @returns each complete backup
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be read
 * @example
 * const [newest] = await listBackups("backups");
 * console.log(newest?.createdAt);
 */
export async function listBackups(folder: string, options: SignatureOptions = {}): Promise<BackupInfo[]> {
  const place = parseInput(fields.path(), folder, { field: "folder" });
  const backups = await readCatalogue(place, await ringFor(options));
  return backups.map(({ path, manifest, signed }) => describeBackup(path, manifest, signed));
}

/**
 * Finds the files in a folder of backups that are no complete backup: unfinished ones, parts without a readable manifest,
 * manifests without their parts, and whatever else lies there. They count in no list, and pruning deletes only those that a
 * backup or a pruning left.
 *
 * @param folder where the backups are
 * @returns their names, in order
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be read
 * @example
 * const names = await findIncompleteBackups("backups");
 */
export async function findIncompleteBackups(folder: string): Promise<string[]> {
  const place = parseInput(fields.path(), folder, { field: "folder" });
  const backups = await readCatalogue(place, null);
  const names = await namesIn(place);
  const present = new Set(names);
  const complete = backups
    .map(({ path, manifest }) => [basename(path), ...manifest.parts.map(({ file }) => file)])
    .filter((files) => files.every((file) => present.has(file)));
  const known = new Set(complete.flat());
  return names.filter((name) => !known.has(name)).toSorted();
}

/**
 * Finds the state before an incident: the newest backup of a state no later than a time.
 *
 * @param folder where the backups are
 * @param time the last moment that may be in it
 * @param options whose signature counts, as for `getBackupInfo`; what the given keys did not sign is passed over
 * @returns the backup; null when all are later
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be read
 * @example
 * const backup = await findBackupBefore("backups", new Date("2026-03-01T02:00:00Z"));
 */
export async function findBackupBefore(
  folder: string,
  time: Date,
  options: SignatureOptions = {},
): Promise<BackupInfo | null> {
  const latest = parseInput(input.date(), time, { field: "time" });
  const backups = await listBackups(folder, options);
  const counts = Object.keys(options).length === 0 ? backups : backups.filter(({ signed }) => signed);
  return counts.find(({ createdAt }) => createdAt.getTime() <= latest.getTime()) ?? null;
}
