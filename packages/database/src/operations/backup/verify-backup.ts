import { dirname, join } from "node:path";
import { z } from "zod";
import { ValidationError } from "../../errors/index.ts";
import { replaceDurably } from "../../files/durable.ts";
import { translateFileError } from "../../files/errors.ts";
import { openWorkFolder } from "./work-folder.ts";
import { parseInput } from "../../validation/input.ts";
import { type BackupInfo, describeBackup } from "./backup-info.ts";
import * as fields from "./fields.ts";
import { type Manifest, writeManifest } from "./manifest/manifest.ts";
import { manifestPathOf, unfinishedPrefix } from "./manifest/names.ts";
import { type OpenedBackup, openBackup, portOf, refuseUnfit, type RestoreTarget } from "./open-backup.ts";
import { findKeyRing, trustFields, type TrustOptions } from "./manifest/signature.ts";
import type { KeyRing } from "../../cryptography/index.ts";
import { verifyInScratch } from "./verify-contents.ts";

/** How a backup is verified. */
export interface VerifyBackupOptions extends fields.ToolOptions, TrustOptions {
  /** Key of an encrypted backup. */
  key?: string | undefined;
  /**
   * The database of the installation, or its URL: its keys check the signature, and a PostgreSQL backup is tried on its server,
   * in a scratch database.
   */
  server?: RestoreTarget | undefined;
}

const schema = z.strictObject({ key: z.string().optional(), ...trustFields, ...fields.toolFields });

/**
 * Tries a backup: restores it to a scratch database, compares digests, integrity, references, rows and schema with the
 * manifest, and deletes it again. The manifest remembers the outcome.
 *
 * @param path any file of the backup
 * @param options `server`, the database or its URL; `key` of an encrypted one; `trustUnsigned` for one of another installation
 * @returns what the manifest says, with `verified: true`
 * @throws {BackupError} BACKUP_INVALID when it is damaged, incomplete or changed, or signed by no key of this installation
 * @throws {BackupError} SECRET_UNREADABLE when the key is missing or wrong
 * @throws {BackupError} PROGRAM_MISSING when PostgreSQL's client programs are missing or too old
 * @throws {MigrationError} SCHEMA_NEWER when a newer NERVE made it
 * @example
 * const other = await openDatabase("sqlite::memory:");
 * const { backupPath } = await createBackup(other, { folder: "tried", verify: false });
 * const { verified } = await verifyBackup(backupPath, { server: other });
 * await other.close();
 */
export async function verifyBackup(path: string, options: VerifyBackupOptions = {}): Promise<BackupInfo> {
  const { server, ...rest } = options;
  const { key: secret, trustUnsigned, keys, keyFile, ...tools } = parseInput(schema, rest);
  const ring = await findKeyRing(server, { keys, keyFile });
  const file = parseInput(fields.path(), path, { field: "path" });
  const backup = await openBackup(file, { secret, ring, trustUnsigned });
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
      return await remember(backup, work.path, ring);
    } finally {
      await work.remove();
    }
  } catch (error) {
    throw translateFileError(error, path);
  }
}

async function remember(backup: OpenedBackup, workFolder: string, ring: KeyRing | null): Promise<BackupInfo> {
  const { path, manifest, keys, signed, hasSignature } = backup;
  const verified: Manifest = { ...manifest, verified: true };
  // Another installation's signature cannot be made again, and ours would vouch for what it did not make.
  if (!manifest.verified && (signed || !hasSignature)) {
    const text = writeManifest(verified, keys?.manifest ?? null, signed ? ring : null);
    await replaceDurably(manifestPathOf(path), join(workFolder, "manifest"), text);
  }
  return describeBackup(path, verified, signed);
}
