import { z } from "zod";
import { type Actor, actorField } from "../../access/actor.ts";
import type { Database } from "../../database/handle.ts";
import { BackupError, type DatabaseError } from "../../errors/index.ts";
import { parseInput } from "../../validation/input.ts";
import { type BackupInfo, describeBackup } from "./backup-info.ts";
import * as fields from "./fields.ts";
import { requireOptionsApart } from "./places.ts";
import { type BackupStep, makeBackup } from "./make-backup.ts";
import { removeAbandoned } from "./work-folder.ts";
import { findKeyRing } from "./manifest/signature.ts";
import { recordBackup } from "./record-backup.ts";
import { verifyInScratch } from "./verify-contents.ts";
import { startWaitProbe } from "./wait-probe.ts";

/** How a backup is made. */
export interface CreateBackupOptions extends fields.ToolOptions {
  /** Where the backup goes; made where missing, closed to other accounts. */
  folder: string;
  /** Folder of uploaded files to back up with the database; left out while there is no such folder. */
  uploads?: string | undefined;
  /** Default `none`. */
  compress?: "none" | "gzip" | "zstd" | undefined;
  /** Encrypts with AES-256-GCM. The key is any text of 16 characters or more; without it the backup is lost. */
  encrypt?: { key: string } | undefined;
  /** Whether the backup is restored to a scratch database and compared before it counts. Default true. */
  verify?: boolean | undefined;
  /** Who makes it; default the system. */
  actor?: Actor | undefined;
  /** Called with the reason when the audit log could not be written, as while another holds the lock: the backup counts all the same. */
  onUnrecorded?: ((cause: DatabaseError) => void) | undefined;
  /** Called when a step begins. */
  onProgress?: ((step: BackupStep) => void) | undefined;
}

const schema = z.strictObject({
  folder: fields.path(),
  uploads: fields.path().optional(),
  compress: z.enum(["none", "gzip", "zstd"]).default("none"),
  encrypt: z.strictObject({ key: fields.secret() }).optional(),
  verify: z.boolean().default(true),
  actor: actorField,
  onUnrecorded: z.custom<(cause: DatabaseError) => void>((value) => typeof value === "function").optional(),
  onProgress: z.custom<(step: BackupStep) => void>((value) => typeof value === "function").optional(),
  ...fields.toolFields,
});

/**
 * Makes a backup while others read and write: a consistent copy of the database, the uploaded files, and beside them a
 * manifest that says what they hold, signed with the keys of the database. The files are readable by their owner only, and have a name that no other has.
 * Nothing looks like a backup before it is complete and verified. The audit log tells who made it, unless the schema is of another
 * version than this NERVE's.
 *
 * On SQLite the copy is made on a thread, from one snapshot, and ends however much is written meanwhile. On PostgreSQL
 * `pg_dump` makes it in its custom format.
 *
 * @param db the database
 * @param options see `CreateBackupOptions`; `folder` is required
 * @returns what the manifest says, and where the backup is
 * @throws {ValidationError} INVALID_INPUT, also when the folders, the database and its key file lie in each other
 * @throws {BackupError} BACKUP_INVALID when the copy does not verify: the database itself may be damaged
 * @throws {BackupError} PROGRAM_MISSING when PostgreSQL's client programs are missing or too old
 * @throws {DatabaseConnectionError} STORAGE_FULL; nothing of the backup is left
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be written
 * @example
 * const { backupPath, verified } = await createBackup(db, { folder: "backups" });
 */
export async function createBackup(db: Database, options: CreateBackupOptions): Promise<BackupInfo> {
  const { folder, uploads, compress, encrypt, verify, actor, onUnrecorded, onProgress, ...tools } = parseInput(
    schema,
    options,
  );
  requireOptionsApart({ files: db.files, folder, uploads });
  const ring = await findKeyRing(db);
  const port = db.connection.backupPort(tools);
  // What a killed restore left is as large as the database, and nobody else looks for it.
  if (port.workPlace !== undefined) await removeAbandoned(port.workPlace.parent, port.workPlace.prefix);
  const probe = startWaitProbe(db);
  try {
    const { path, manifest } = await makeBackup({
      source: port,
      engine: db.engine,
      extension: port.extension,
      clock: db.clock,
      folder,
      uploads,
      compress,
      secret: encrypt?.key,
      ring,
      reason: "requested",
      verify: verify
        ? (backup, work) => verifyInScratch(port, backup, work, { anySchema: true }).catch(blameDatabase)
        : undefined,
      longestWaitMs: () => probe.stop(),
      onProgress: onProgress ?? (() => undefined),
    });
    const made = describeBackup(path, manifest, ring !== null);
    await recordBackup(db, made, { actor, onUnrecorded });
    return made;
  } finally {
    probe.stop();
  }
}

/** A backup that was made a moment ago is not at fault itself; there is no other to choose. */
function blameDatabase(cause: unknown): never {
  if (!(cause instanceof BackupError) || cause.code !== "BACKUP_INVALID") throw cause;
  throw new BackupError("BACKUP_INVALID", {
    message: `The backup does not verify, and was not kept. ${cause.message}`,
    help: "The database itself may be damaged, or changed by hand: run `nerve health`.",
    cause,
  });
}
