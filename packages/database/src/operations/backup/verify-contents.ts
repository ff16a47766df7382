import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "../../opening/open-database.ts";
import type { BackupPort, Contents, ScratchDatabase } from "../../engines/port/backup.ts";
import { BackupError, DatabaseConnectionError, MigrationError } from "../../errors/index.ts";
import { makePrivateFolder } from "../../files/durable.ts";
import { migrate } from "../../migrations/migrator.ts";
import { describeUnknown, findUnknownObjects } from "../health/unknown-objects.ts";
import { type Manifest, newerBackupHelp } from "./manifest/manifest.ts";
import { partOf, type StoredBackup, unsealDatabase, unsealUploads } from "./parts/parts.ts";

/** @throws {BackupError} BACKUP_INVALID when a database holds something else than the manifest says */
function compare(manifest: Manifest, contents: Contents): void {
  const tables = new Set([...Object.keys(manifest.rowCounts), ...Object.keys(contents.rowCounts)]);
  const differing = [...tables].filter((table) => manifest.rowCounts[table] !== contents.rowCounts[table]);
  if (differing.length > 0 || manifest.schemaVersion !== contents.schemaVersion) {
    throw new BackupError("BACKUP_INVALID", {
      message: "The restored copy holds other rows, or another schema, than the manifest says.",
    });
  }
  if (contents.schemaVersion === null) {
    throw new BackupError("BACKUP_INVALID", { message: "The backup holds a database that is none of NERVE's." });
  }
}

/** What reads as damage in a database is the backup's damage here. */
function asInvalid(error: unknown): unknown {
  if (!(error instanceof DatabaseConnectionError) || error.code !== "CORRUPT") return error;
  return new BackupError("BACKUP_INVALID", { message: "The restored copy is damaged.", cause: error });
}

/** @throws {BackupError} BACKUP_INVALID when something beside NERVE's tables acts on them */
async function refuseUnknownObjects({ url, isApart }: ScratchDatabase): Promise<void> {
  const db = await openDatabase(url, { migrations: "ignore" });
  try {
    // What stands beside the tables came with the backup only where nothing else is.
    const first = (await findUnknownObjects(db)).find(({ table }) => isApart || table != null);
    if (first === undefined) return;
    throw new BackupError("BACKUP_INVALID", {
      message: `The backup holds ${describeUnknown(first)}, which NERVE did not make.`,
    });
  } finally {
    await db.close();
  }
}

/** Brings the schema of a copy up to date; null where any will do, and this code cannot. */
async function migrateScratch(url: string, { schemaVersion }: Manifest, anySchema: boolean): Promise<string[] | null> {
  const db = await openDatabase(url, { migrations: "ignore" });
  try {
    return await migrate(db);
  } catch (error) {
    if (anySchema && error instanceof MigrationError) return null;
    throw error instanceof MigrationError && error.code === "SCHEMA_NEWER" ? madeByNewer(schemaVersion, error) : error;
  } finally {
    await db.close();
  }
}

function madeByNewer(schemaVersion: string | null, cause: MigrationError): MigrationError {
  return new MigrationError("SCHEMA_NEWER", {
    message: `The backup was made by a newer NERVE: its schema is ${schemaVersion}, which this one does not know.`,
    help: newerBackupHelp,
    cause,
  });
}

/** How a backup is restored to a scratch database. */
interface ScratchOptions {
  /** Where the plain copy may be. */
  readonly workFolder: string;
  /** Whether it may become the live database. */
  readonly purpose: "trial" | "restore";
  /** Called before its schema is brought up to date. */
  readonly onMigrating?: () => void;
  /** Whether a schema will do that this code cannot use: what is there has to be backed up, whoever made it. Default false. */
  readonly anySchema?: boolean;
}

interface MadeScratch {
  readonly scratch: ScratchDatabase;
  readonly migrationsApplied: string[];
  /** Whether its schema is this code's by now. */
  readonly isCurrent: boolean;
}

/**
 * Restores the database of a backup to a scratch database, and compares: digests, integrity, references, rows; brings its
 * schema up to date, and looks for what does not belong there.
 * @returns the scratch database, to be discarded by the caller, and the migrations that it lacked
 * @throws {BackupError} BACKUP_INVALID when anything is not as the manifest says, or was added to the schema
 * @throws {MigrationError} SCHEMA_NEWER, MIGRATION_EDITED when this code cannot use it; MIGRATION_FAILED
 */
export async function restoreToScratch(
  port: BackupPort,
  backup: StoredBackup,
  { workFolder, purpose, onMigrating, anySchema = false }: ScratchOptions,
): Promise<MadeScratch> {
  const copy = join(workFolder, "incoming.db");
  await rm(copy, { force: true });
  await unsealDatabase(backup, copy);
  const scratch = await port.load(copy, purpose);
  try {
    compare(backup.manifest, await scratch.check());
    onMigrating?.();
    const migrationsApplied = await migrateScratch(scratch.url, backup.manifest, anySchema);
    if (migrationsApplied !== null) await refuseUnknownObjects(scratch);
    return { scratch, migrationsApplied: migrationsApplied ?? [], isCurrent: migrationsApplied !== null };
  } catch (error) {
    await scratch.discard();
    throw asInvalid(error);
  }
}

/** Unpacks the uploaded files of a backup into a folder; the names of the files, none where the backup has none. */
export async function unpackUploads(backup: StoredBackup, folder: string): Promise<string[]> {
  if (partOf(backup.manifest, "uploads") === undefined) return [];
  await makePrivateFolder(folder);
  const files = await unsealUploads(backup, folder);
  if (files.length !== backup.manifest.uploadedFiles) {
    throw new BackupError("BACKUP_INVALID", {
      message: "The archive holds another number of files than the manifest says.",
    });
  }
  return files;
}

interface TrialOptions extends Pick<ScratchOptions, "anySchema"> {
  /** Called with the URL of the scratch database, before it is deleted, where its schema is this code's. */
  readonly onVerified?: (url: string) => Promise<void>;
}

/**
 * Restores all of a backup to a scratch place, compares, and deletes it again.
 * @param options `anySchema`: see `ScratchOptions`
 */
export async function verifyInScratch(
  port: BackupPort,
  backup: StoredBackup,
  workFolder: string,
  { onVerified, ...options }: TrialOptions = {},
): Promise<void> {
  const { scratch, isCurrent } = await restoreToScratch(port, backup, { workFolder, purpose: "trial", ...options });
  try {
    if (isCurrent) await onVerified?.(scratch.url);
  } finally {
    await scratch.discard();
  }
  const folder = join(workFolder, "incoming-uploads");
  await unpackUploads(backup, folder);
  await rm(folder, { recursive: true, force: true });
}
