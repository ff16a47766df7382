import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { KeyRing } from "../../cryptography/index.ts";
import type { Clock } from "../../database/clock.ts";
import type { CopySource, LeftOut } from "../../engines/port/backup.ts";
import type { EngineName } from "../../engines/port/engine.ts";
import { flushFolder, replaceDurably, writeDurably } from "../../files/durable.ts";
import { hasCode, translateFileError } from "../../files/errors.ts";
import { adoptOwner } from "../../files/owner.ts";
import { whileFlushed } from "../../files/while-flushed.ts";
import { openWorkFolder } from "./work-folder.ts";
import { newBackupKeys } from "./manifest/backup-keys.ts";
import { type Compression, type Manifest, writeManifest } from "./manifest/manifest.ts";
import { manifestName, newBackupId, unfinishedPrefix } from "./manifest/names.ts";
import { sealDatabase, sealUploads, type StoredBackup, type StoredForm } from "./parts/parts.ts";

/** The steps of a backup, in order. */
export type BackupStep = "copying" | "storing" | "verifying" | "completing";

/** What is backed up, and how. */
export interface BackupPlan {
  readonly source: CopySource;
  readonly engine: EngineName;
  readonly extension: string;
  readonly clock: Clock;
  readonly folder: string;
  readonly uploads: string | undefined;
  readonly compress: Compression;
  readonly secret: string | undefined;
  /** The keys that sign the manifest; null where the installation has none. */
  readonly ring: KeyRing | null;
  readonly reason: Manifest["reason"];
  /** Restores the unfinished backup to a scratch database and compares; undefined: not verified. */
  readonly verify: ((backup: StoredBackup, workFolder: string) => Promise<void>) | undefined;
  /** Longest wait of others so far, in milliseconds; asked once the copy is made. */
  readonly longestWaitMs: () => number;
  readonly onProgress: (step: BackupStep) => void;
}

/** A backup that counts: its manifest is in place. */
export interface MadeBackup {
  readonly path: string;
  readonly manifest: Manifest;
}

/**
 * Makes a backup in a hidden folder beside its place. Only then its files are renamed into place, and last of all the
 * manifest, which makes it count: whatever ends this early leaves no backup that looks like one.
 */
export async function makeBackup(plan: BackupPlan): Promise<MadeBackup> {
  try {
    const work = await openWorkFolder(plan.folder, unfinishedPrefix);
    try {
      return await makeIn(work.path, plan);
    } finally {
      await work.remove();
    }
  } catch (error) {
    throw translateFileError(error, plan.folder);
  }
}

async function makeIn(work: string, plan: BackupPlan): Promise<MadeBackup> {
  const started = performance.now();
  const id = newBackupId(plan.clock.now());
  const form: StoredForm = {
    compression: plan.compress,
    keys: plan.secret === undefined ? null : await newBackupKeys(plan.secret),
  };
  plan.onProgress("copying");
  const described = await collect({ work, id, plan, form });
  const path = join(plan.folder, described.parts[0]?.file ?? "");
  const manifest: Manifest = { ...described, durationMs: Math.round(performance.now() - started) };
  if (plan.verify !== undefined) {
    plan.onProgress("verifying");
    await plan.verify({ path: join(work, described.parts[0]?.file ?? ""), manifest, keys: form.keys }, work);
  }
  plan.onProgress("completing");
  const complete = { ...manifest, verified: plan.verify !== undefined };
  const final = { ...complete, durationMs: Math.round(performance.now() - started) };
  for (const { file } of final.parts) {
    await adoptOwner(join(work, file));
    await rename(join(work, file), join(plan.folder, file));
  }
  await flushFolder(plan.folder);
  const text = writeManifest(final, form.keys?.manifest ?? null, plan.ring);
  await replaceDurably(join(plan.folder, manifestName(id)), join(work, manifestName(id)), text);
  return { path, manifest: final };
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  return found?.isDirectory() ?? false;
}

function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** More than these are only counted: a manifest is read whole. */
const mostLeftOut = 1000;

function shorten(leftOut: readonly LeftOut[]): LeftOut[] {
  const beyond = leftOut.length - mostLeftOut;
  const listed = leftOut.slice(0, mostLeftOut).map(({ kind, name }) => ({ kind, name: name.slice(0, 1000) }));
  return beyond > 0 ? [...listed, { kind: "others", name: String(beyond) }] : listed;
}

interface Collection {
  readonly work: string;
  readonly id: string;
  readonly plan: BackupPlan;
  readonly form: StoredForm;
}

/** Copies the database, then the uploaded files: all that the copied rows name are there by then. */
async function collect({ work, id, plan, form }: Collection): Promise<Manifest> {
  const copy = join(work, "copy");
  // Made before it is filled, so that nobody else can ever open it.
  await writeDurably(copy, "");
  let createdAt = plan.clock.now();
  const { leftOut, schema, ...described } = await whileFlushed(copy, () =>
    plan.source.copyTo(copy, () => (createdAt = plan.clock.now())),
  );
  const longestWaitMs = plan.longestWaitMs();
  plan.onProgress("storing");
  const name = `${id}.${plan.extension}`;
  const database = await sealDatabase({ source: copy, folder: work, name, form });
  const uploads =
    plan.uploads === undefined || !(await isFolder(plan.uploads))
      ? undefined
      : await sealUploads({ source: plan.uploads, folder: work, name: `${id}.uploads.tar`, form });
  const { keys } = form;
  return {
    format: 2,
    id,
    reason: plan.reason,
    createdAt: createdAt.toISOString(),
    durationMs: 0,
    longestWaitMs,
    engine: plan.engine,
    ...described,
    ...(schema === null ? {} : { schema }),
    ...(leftOut.length === 0 ? {} : { leftOut: shorten(leftOut) }),
    uploadedFiles: uploads?.files ?? null,
    verified: false,
    compression: form.compression,
    encryption: keys === null ? null : { salt: encoded(keys.salt), keyCheck: encoded(keys.keyCheck) },
    parts: uploads === undefined ? [database] : [database, uploads.part],
  };
}
