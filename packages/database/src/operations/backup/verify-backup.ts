import { dirname, join } from "node:path";
import { z } from "zod";
import { ValidationError } from "../../errors/index.ts";
import { replaceDurably } from "../../files/durable.ts";
import { translateFileError } from "../../files/errors.ts";
import { openWorkFolder } from "./work-folder.ts";
import { parseInput } from "../../validation/input.ts";
import { type BackupInfo, describeBackup } from "./backup-info.ts";
import * as fields from "./fields.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { manifestPathOf, unfinishedPrefix } from "./names.ts";
import { openBackup, portOf, refuseUnfit, type RestoreTarget } from "./open-backup.ts";
import type { StoredBackup } from "./parts.ts";
import { verifyInScratch } from "./verify-contents.ts";

/** How a backup is verified. */
export interface VerifyBackupOptions extends fields.ToolOptions {
  /** Key of an encrypted backup. */
  key?: string | undefined;
  /** On whose server a PostgreSQL backup is tried, in a scratch database; SQLite needs none. */
  server?: RestoreTarget | undefined;
}

const schema = z.strictObject({ key: z.string().optional(), ...fields.toolFields });

/**
 * Tries a backup: restores it to a scratch database, compares digests, integrity, references, rows and schema with the
 * manifest, and deletes it again. The manifest remembers the outcome.
 *
 * @param path any file of the backup
 * @param options `key` of an encrypted one; `server`, a database or its URL, for one of PostgreSQL
 * @returns what the manifest says, with `verified: true`
 * @throws {BackupError} BACKUP_INVALID when it is damaged, incomplete or changed
 * @throws {BackupError} SECRET_UNREADABLE when the key is missing or wrong
 * @throws {BackupError} PROGRAM_MISSING when PostgreSQL's client programs are missing or too old
 * @throws {MigrationError} SCHEMA_NEWER when a newer NERVE made it
 * @example
 * const other = await openDatabase("sqlite::memory:");
 * const { backupPath } = await createBackup(other, { folder: "tried", verify: false });
 * const { verified } = await verifyBackup(backupPath);
 * await other.close();
 */
export async function verifyBackup(path: string, options: VerifyBackupOptions = {}): Promise<BackupInfo> {
  const { server, ...rest } = options;
  const { key, ...tools } = parseInput(schema, rest);
  const backup = await openBackup(parseInput(fields.path(), path, { field: "path" }), key);
  // A SQLite backup is tried in a file of its own, wherever the live database is.
  const target = backup.manifest.engine === "sqlite" ? "sqlite::memory:" : server;
  if (target === undefined) {
    throw new ValidationError([{ field: "server", message: "is required to try a backup of PostgreSQL" }]);
  }
  const port = await portOf(target, tools);
  await refuseUnfit(port, backup);
  try {
    const work = await openWorkFolder(dirname(manifestPathOf(path)), unfinishedPrefix);
    try {
      await verifyInScratch(port, backup, work.path);
      return await remember(backup, work.path);
    } finally {
      await work.remove();
    }
  } catch (error) {
    throw translateFileError(error, path);
  }
}

async function remember({ path, manifest, keys }: StoredBackup, workFolder: string): Promise<BackupInfo> {
  if (manifest.verified) return describeBackup(path, manifest);
  const verified: Manifest = { ...manifest, verified: true };
  const draft = join(workFolder, "manifest");
  await replaceDurably(manifestPathOf(path), draft, writeManifest(verified, keys?.manifest ?? null));
  return describeBackup(path, verified);
}
