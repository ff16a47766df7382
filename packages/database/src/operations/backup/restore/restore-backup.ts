import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { type Clock, systemClock } from "../../../database/clock.ts";
import { Database } from "../../../database/handle.ts";
import { filesOf } from "../../../opening/secrets.ts";
import type { ScratchDatabase } from "../../../engines/port/backup.ts";
import { ValidationError } from "../../../errors/index.ts";
import { translateFileError } from "../../../files/errors.ts";
import { realPathOf } from "../../../files/real-path.ts";
import { openWorkFolder } from "../work-folder.ts";
import { parseInput } from "../../../validation/input.ts";
import { type Actor, actorField } from "../../../access/actor.ts";
import {
  type CarriedOver,
  type CompletedState,
  type CompletingTask,
  type EndedAccess,
  RestoredState,
} from "../carry-over/index.ts";
import * as fields from "../fields.ts";
import { savePresentState, type SavingTask } from "./save-present-state.ts";
import { manifestPathOf, unfinishedPrefix } from "../manifest/names.ts";
import { openBackup, portOf, refuseUnfit, requireIntact, type RestoreTarget, type Trust } from "../open-backup.ts";
import { requireOptionsApart } from "../places.ts";
import { findKeyRing, trustFields, type TrustOptions } from "../manifest/signature.ts";
import { UploadsChange } from "./uploads-change.ts";
import { restoreToScratch, unpackUploads } from "../verify-contents.ts";

/** The steps of a restore, in order. */
export type RestoreStep = "checking" | "migrating" | "saving" | "recording" | "replacing" | "completing";

/** How a backup is restored. */
export interface RestoreBackupOptions extends fields.ToolOptions, TrustOptions {
  /** Must be true: what the database holds is replaced. */
  confirm: boolean;
  /** Key of an encrypted backup; the backup made before the restore is encrypted with it as well. */
  key?: string | undefined;
  /** The uploads folder, when the backup holds uploaded files; null leaves it as it is. */
  uploads?: string | null | undefined;
  /** Where the backup of the present state goes. Default: beside the one that is restored. */
  folder?: string | undefined;
  /**
   * Brings everything back as it was in the backup: sessions and links that had ended since, revoked keys, suspended accounts,
   * former passwords; and leaves the newer rows of the audit log and the security events behind. Default false.
   */
  asItWas?: boolean | undefined;
  /** Who restores, for the audit log of the restored state. Default the system. */
  actor?: Actor | undefined;
  /** E-mail address of the actor: the account of the same id may be somebody else's in the backup. */
  actorEmail?: string | undefined;
  /** Where the time comes from, when the database is given by its URL. Default the machine's clock. */
  clock?: Clock | undefined;
  /** Called when a step begins. */
  onProgress?: ((step: RestoreStep) => void) | undefined;
}

/** What a restore did. */
export interface RestoreOutcome {
  /** Backup of the state that was replaced; null when there was none, or it was too damaged to be one. */
  preRestoreBackup: string | null;
  /** Where the old database is kept, when it was too damaged to be backed up: a file, or the name of a database or schema; null in general. */
  kept: string | null;
  /** Where the replaced uploaded files are kept, when no backup holds them; null in general. */
  keptUploads: string | null;
  /** What had been open in the backup and is ended now; null with `asItWas`. */
  ended: EndedAccess | null;
  /**
   * What lives on of the state that was replaced; null with `asItWas`, and where that state was missing, or could not be read by
   * this NERVE.
   */
  carriedOver: CarriedOver | null;
  /** Super administrators who may act: those that were made since the backup are gone, and others may stay suspended or deleted. */
  superAdministrators: number;
  schemaVersion: string | null;
  /** Migrations that brought an older backup up to date. */
  migrationsApplied: string[];
  /** Rows of each table in the backup. */
  rowCounts: Record<string, number>;
  /** Uploaded files that the backup holds; null when they were left as they are. */
  uploadedFiles: number | null;
  durationMs: number;
}

const schema = z.strictObject({
  confirm: z.literal(true, { error: "must be true: a restore replaces what the database holds" }),
  key: z.string().optional(),
  uploads: fields.path().nullish(),
  folder: fields.path().optional(),
  asItWas: z.boolean().default(false),
  actor: actorField,
  actorEmail: z.string().optional(),
  clock: z.custom<Clock>().optional(),
  onProgress: z.custom<(step: RestoreStep) => void>((value) => typeof value === "function").optional(),
  ...trustFields,
  ...fields.toolFields,
});

interface Restore extends Omit<SavingTask & CompletingTask, "options"> {
  readonly options: z.output<typeof schema>;
  readonly onProgress: (step: RestoreStep) => void;
}

/**
 * Replaces the database with a backup: all or nothing. The backup is restored to a scratch database, checked and
 * migrated there; the present state is backed up while nobody else writes; then one takes the other's place at one
 * moment. Whatever fails, and whenever the process is killed, the database is the old one or the new one.
 *
 * It gives no access back and takes no evidence away: all sessions, links and challenges end; for accounts that both states
 * know, the present state's revoked keys, suspensions, deletions, lowered roles, newer passwords and later second factors stay;
 * its newer rows of the audit log and newer security events are appended. `asItWas` brings everything back instead.
 *
 * On PostgreSQL databases are exchanged; where the role may create none, or the database holds what no backup does, the tables
 * are, within the database, and the rest stays.
 *
 * An open handle stays usable: its statements wait meanwhile, and run on the restored database. On SQLite no other
 * process may have the file open; on PostgreSQL the sessions of others are ended, and reconnect.
 *
 * @param target the database; or its URL when it cannot be opened, or is not there yet
 * @param path any file of the backup
 * @param options see `RestoreBackupOptions`; `confirm: true` is required
 * @returns what was replaced, migrated, restored, ended and carried over
 * @throws {ValidationError} INVALID_INPUT without confirmation, when the backup is of the other engine, or when the
 *   folders, the database and its key file lie in each other
 * @throws {BackupError} BACKUP_INVALID when it is damaged, incomplete, changed, or the live file itself, and when no key of this
 *   installation signed it, unless `trustUnsigned` is given
 * @throws {BackupError} SECRET_UNREADABLE when the key is missing or wrong
 * @throws {BackupError} BACKUP_FAILED when what is in no backup depends on the tables, which it names
 * @throws {MigrationError} SCHEMA_NEWER when a newer NERVE made it; MIGRATION_FAILED
 * @throws {BusyError} BUSY when another process uses the database and cannot be put off
 * @throws {DatabaseConnectionError} STORAGE_FULL
 * @example
 * const other = await openDatabase("sqlite:other.db");
 * const { backupPath } = await createBackup(other, { folder: "kept" });
 * const { preRestoreBackup } = await restoreBackup(other, backupPath, { confirm: true });
 * await other.close();
 */
export async function restoreBackup(
  target: RestoreTarget,
  path: string,
  options: RestoreBackupOptions,
): Promise<RestoreOutcome> {
  const parsed = parseInput(schema, options);
  const { key: secret, trustUnsigned, programsFolder, searchPath, maintenanceUrl } = parsed;
  const file = parseInput(fields.path(), path, { field: "path" });
  const files = target instanceof Database ? target.files : filesOf(target);
  requireOptionsApart({ files, folder: parsed.folder, uploads: parsed.uploads, path: file });
  const trust = { secret, trustUnsigned, ring: await findKeyRing(target, parsed) };
  const backup = await openBackup(file, trust);
  const port = await portOf(target, { programsFolder, searchPath, maintenanceUrl });
  await refuseUnfit(port, backup);
  if (backup.manifest.uploadedFiles !== null && parsed.uploads === undefined) {
    throw new ValidationError([{ field: "uploads", message: "is required, since the backup holds uploaded files" }]);
  }
  try {
    const { onProgress = () => undefined } = parsed;
    const clock = target instanceof Database ? target.clock : (parsed.clock ?? systemClock);
    return await restore({ clock, port, backup, trust, options: parsed, onProgress });
  } catch (error) {
    throw translateFileError(error, files.database ?? file);
  }
}

async function restore(task: Omit<Restore, "migrationsApplied">): Promise<RestoreOutcome> {
  const { port, backup, onProgress } = task;
  const started = performance.now();
  const place = port.workPlace ?? { parent: dirname(manifestPathOf(backup.path)), prefix: unfinishedPrefix };
  const work = await openWorkFolder(place.parent, place.prefix);
  try {
    onProgress("checking");
    const { scratch, migrationsApplied } = await restoreToScratch(port, backup, {
      workFolder: work.path,
      purpose: "restore",
      onMigrating: () => onProgress("migrating"),
    });
    try {
      const { schemaVersion, rowCounts } = await scratch.check();
      const replaced = await replace({ ...task, migrationsApplied }, scratch);
      const durationMs = Math.round(performance.now() - started);
      return { ...replaced, schemaVersion, migrationsApplied, rowCounts: { ...rowCounts }, durationMs };
    } finally {
      await scratch.discard();
    }
  } finally {
    await work.remove();
  }
}

async function replace(task: Restore, scratch: ScratchDatabase) {
  const { uploads } = task.options;
  const { uploadedFiles } = task.backup.manifest;
  if (uploads == null || uploadedFiles === null) {
    return { ...(await exchange(task, scratch, undefined)), keptUploads: null, uploadedFiles: null };
  }
  const folder = realPathOf(uploads);
  const work = await openWorkFolder(dirname(folder), `.${basename(folder)}.restore-`);
  try {
    const incoming = join(work.path, "incoming");
    const names = await unpackUploads(task.backup, incoming);
    const change = new UploadsChange({ uploads: folder, workFolder: work.path, incoming, names });
    const exchanged = await exchange(task, scratch, change);
    // What no backup holds stays on the disk, under a name that says so.
    const keptUploads = exchanged.preRestoreBackup === null ? await change.keepReplaced() : null;
    return { ...exchanged, keptUploads, uploadedFiles };
  } finally {
    await work.remove();
  }
}

async function exchange(task: Restore, scratch: ScratchDatabase, change: UploadsChange | undefined) {
  const { onProgress } = task;
  let preRestoreBackup: string | null = null;
  let completed: CompletedState = { ended: null, carriedOver: null, superAdministrators: 0 };
  try {
    const { kept } = await task.port.replaceWith(scratch, {
      async save(source) {
        onProgress("saving");
        const state = new RestoredState(scratch.url, task);
        preRestoreBackup = source === undefined ? null : await savePresentState(task, source, state);
        onProgress("recording");
        completed = await state.complete(preRestoreBackup);
        await change?.addMissing();
        onProgress("replacing");
        return preRestoreBackup !== null;
      },
      async finish() {
        await change?.removeOthers();
        // The replaced files are still there: they go only if what holds them can be read where it lies now.
        if (change !== undefined && preRestoreBackup !== null)
          await requireIntact(preRestoreBackup, ownTrust(task.trust));
        onProgress("completing");
      },
    });
    return { preRestoreBackup, kept, ...completed };
  } catch (error) {
    await change?.undo();
    throw error;
  }
}

/** The backup of the present state bears the installation's signature where it has keys. */
function ownTrust(trust: Trust): Trust {
  return { ...trust, trustUnsigned: trust.ring === null };
}
