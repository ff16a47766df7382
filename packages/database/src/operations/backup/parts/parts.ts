import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BackupError } from "../../../errors/index.ts";
import { hasCode, translateFileError } from "../../../files/errors.ts";
import { whileFlushed } from "../../../files/while-flushed.ts";
import { runOnThread, threadModule } from "../../../threads/thread.ts";
import type { BackupKeys } from "../manifest/backup-keys.ts";
import type { BackupPart, Compression, Manifest } from "../manifest/manifest.ts";
import { manifestPathOf } from "../manifest/names.ts";
import type { FileDigest } from "./seal-worker.ts";

const familyCodes = ["BACKUP_INVALID", "BACKUP_FAILED"] as const;

/** What a task reads, and where it writes to. */
interface TaskInput {
  readonly source?: string;
  readonly target?: string;
}

async function run<T>(task: string, input: TaskInput): Promise<T> {
  try {
    return await runOnThread<T>(threadModule(import.meta.url, "seal-worker"), task, input);
  } catch (error) {
    const code = familyCodes.find((family) => hasCode(error, family));
    throw code === undefined
      ? translateFileError(error, input.target ?? input.source)
      : new BackupError(code, { message: (error as Error).message });
  }
}

/** How the parts of a backup are stored. */
export interface StoredForm {
  readonly compression: Compression;
  readonly keys: BackupKeys | null;
}

function endingOf({ compression, keys }: StoredForm): string {
  return `${{ none: "", gzip: ".gz", zstd: ".zst" }[compression]}${keys === null ? "" : ".enc"}`;
}

interface SealOptions {
  /** File, or folder of uploads, to store. */
  readonly source: string;
  readonly folder: string;
  /** Name of the part, without the endings that tell its form. */
  readonly name: string;
  readonly form: StoredForm;
}

/** Stores the copy of a database as a part of a backup; the copy is used up. */
export async function sealDatabase({ source, folder, name, form }: SealOptions): Promise<BackupPart> {
  const file = `${name}${endingOf(form)}`;
  const target = join(folder, file);
  const key = form.keys?.part("database") ?? null;
  if (form.compression === "none" && key === null) {
    await rename(source, target);
    return { role: "database", file, ...(await run<FileDigest>("digest", { source: target })) };
  }
  const request = { source, target, compression: form.compression, key };
  return { role: "database", file, ...(await whileFlushed(target, () => run<FileDigest>("sealFile", request))) };
}

/** Stores a folder of uploaded files as a part of a backup. */
export async function sealUploads({ source, folder, name, form }: SealOptions) {
  const file = `${name}${endingOf(form)}`;
  const target = join(folder, file);
  const request = { source, target, compression: form.compression, key: form.keys?.part("uploads") ?? null };
  const { files, ...digest } = await whileFlushed(target, () =>
    run<FileDigest & { files: number }>("sealFolder", request),
  );
  const part: BackupPart = { role: "uploads", file, ...digest };
  return { part, files };
}

/** The part of a backup with a role; undefined where it has none. */
export function partOf({ parts }: Manifest, role: BackupPart["role"]): BackupPart | undefined {
  return parts.find((part) => part.role === role);
}

/** Where the files of a backup are. */
export interface StoredBackup {
  /** Any file of the backup. */
  readonly path: string;
  readonly manifest: Manifest;
  readonly keys: BackupKeys | null;
}

/** The path of a part. */
export function partPath(path: string, { file }: BackupPart): string {
  return join(dirname(manifestPathOf(path)), file);
}

/** What reads a part back, decrypted and expanded, and compares it with the manifest on the way. */
function unsealing({ path, manifest, keys }: StoredBackup, role: BackupPart["role"], target: string) {
  const part = partOf(manifest, role);
  if (part === undefined) throw new BackupError("BACKUP_INVALID", { message: `The backup has no part for ${role}.` });
  const { sizeBytes, sha256 } = part;
  const key = keys?.part(role) ?? null;
  return { source: partPath(path, part), target, sizeBytes, sha256, key, compression: manifest.compression };
}

/**
 * Reads the database back into a file that does not exist.
 * @throws {BackupError} BACKUP_INVALID when it is missing or damaged
 */
export async function unsealDatabase(backup: StoredBackup, target: string): Promise<void> {
  const request = unsealing(backup, "database", target);
  await whileFlushed(target, () => run<void>("unsealFile", request));
}

/**
 * Reads the uploaded files back into a folder.
 * @returns their names
 * @throws {BackupError} BACKUP_INVALID when they are missing or damaged
 */
export async function unsealUploads(backup: StoredBackup, folder: string): Promise<string[]> {
  return (await run<{ files: string[] }>("unsealFolder", unsealing(backup, "uploads", folder))).files;
}

/** Whether all files of a backup are there and as the manifest describes them. */
export async function partsAreIntact(path: string, manifest: Manifest): Promise<boolean> {
  for (const part of manifest.parts) {
    const found = await run<FileDigest>("digest", { source: partPath(path, part) }).catch(() => undefined);
    if (found?.sha256 !== part.sha256 || found.sizeBytes !== part.sizeBytes) return false;
  }
  return true;
}
