import { Database } from "../../database/handle.ts";
import type { BackupPort, BackupTools } from "../../engines/port/backup.ts";
import { backupPortFor } from "../../engines/open.ts";
import { BackupError, ValidationError } from "../../errors/index.ts";
import type { KeyRing } from "../../cryptography/index.ts";
import { backupKeysOf } from "./manifest/backup-keys.ts";
import { readManifest } from "./manifest/manifest.ts";
import type { DatabasePlace } from "./manifest/signature.ts";
import { partOf, partPath, partsAreIntact, type StoredBackup } from "./parts/parts.ts";

/** A database to restore into: open, or by its URL when it cannot be opened. */
export type RestoreTarget = DatabasePlace;

/** What backup and restore need of a database. */
export async function portOf(target: RestoreTarget, tools: BackupTools): Promise<BackupPort> {
  return target instanceof Database ? target.connection.backupPort(tools) : backupPortFor(target, tools);
}

/** Whom a backup is taken from. */
export interface Trust {
  /** The key of an encrypted one. */
  readonly secret: string | undefined;
  /** The keys of the installation; null where there are none. */
  readonly ring: KeyRing | null;
  readonly trustUnsigned: boolean;
}

/** A backup whose manifest was checked. */
export interface OpenedBackup extends StoredBackup {
  readonly hasSignature: boolean;
  /** Whether a key of the installation signed it. */
  readonly signed: boolean;
}

/**
 * Reads the manifest of a backup and checks it with the keys. Whoever has the key that a backup is encrypted with could
 * have made it, as the installation itself; anybody could have made one that is neither signed nor encrypted.
 * @throws {BackupError} BACKUP_INVALID when it is missing, damaged or changed, or nobody vouches for it
 * @throws {BackupError} SECRET_UNREADABLE when the key is missing or wrong
 */
export async function openBackup(path: string, { secret, ring, trustUnsigned }: Trust): Promise<OpenedBackup> {
  const { manifest, isIntact, isSigned, hasSignature } = await readManifest(path);
  const keys = await backupKeysOf(manifest, secret);
  if (!isIntact(keys?.manifest ?? null)) {
    throw new BackupError("BACKUP_INVALID", { message: "The manifest was changed since the backup was made." });
  }
  const signed = ring !== null && isSigned(ring);
  if (!signed && keys === null && !trustUnsigned) throw unsigned(ring, hasSignature);
  return { path, manifest, keys, signed, hasSignature };
}

function unsigned(ring: KeyRing | null, hasSignature: boolean): BackupError {
  const fault = hasSignature ? "The backup is signed, but by no key of this installation" : "The backup is not signed";
  const found = ring === null ? "There is no key of this installation to check the backup's signature with" : fault;
  return new BackupError("BACKUP_INVALID", {
    message: `${found}: anybody may have written it. If you know where it comes from (another installation, or a NERVE that signed none yet), say \`trustUnsigned\` (--trust-unsigned).`,
  });
}

/**
 * Reads all files of a backup where they lie.
 * @throws {BackupError} BACKUP_INVALID when one is missing or another than the manifest says
 */
export async function requireIntact(path: string, trust: Trust): Promise<void> {
  const { manifest } = await openBackup(path, trust);
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
