import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { KeyRing } from "../../../cryptography/index.ts";
import { BackupError } from "../../../errors/index.ts";
import { hasCode, translateFileError } from "../../../files/errors.ts";
import { manifestPathOf } from "./names.ts";
import { isSignedBy, signManifest } from "./signature.ts";

const count = z.int().min(0);
const hexDigest = z.string().regex(/^[0-9a-f]{64}$/);
/** A name in the folder of the manifest, and no way out of it. */
const fileName = z.string().regex(/^nerve_backup_[A-Za-z0-9_.]+$/);

const part = z.strictObject({
  role: z.enum(["database", "uploads"]),
  file: fileName,
  sizeBytes: count,
  sha256: hexDigest,
});

/** Changes when older code cannot read what newer code writes: from 2 on, there are signatures. */
const newestFormat = 2;

const body = z.strictObject({
  format: z.literal([1, newestFormat]),
  id: fileName,
  /** `pre-restore`: made by a restore, of what it replaced. */
  reason: z.enum(["requested", "pre-restore"]),
  /** The moment whose state the backup holds. */
  createdAt: z.iso.datetime(),
  durationMs: count,
  longestWaitMs: z.number().min(0),
  engine: z.enum(["sqlite", "postgres"]),
  engineVersion: z.string().max(200),
  /** PostgreSQL: the schema that the tables were in. */
  schema: z.string().max(100).optional(),
  schemaVersion: z.string().max(100).nullable(),
  rowCounts: z.record(z.string(), count),
  lastIds: z.record(z.string(), z.int()),
  /** What the database held beside, and the backup does not; absent where that is nothing. */
  leftOut: z.array(z.strictObject({ kind: z.string().max(100), name: z.string().max(1000) })).optional(),
  /** Files of the uploads folder; null when the backup has none. */
  uploadedFiles: count.nullable(),
  verified: z.boolean(),
  compression: z.enum(["none", "gzip", "zstd"]),
  encryption: z.strictObject({ salt: z.string().max(64), keyCheck: z.string().max(64) }).nullable(),
  parts: z.array(part).min(1).max(2),
});

const seal = z.strictObject({ algorithm: z.enum(["sha256", "hmac-sha256"]), value: hexDigest });

const signatureText = z.string().max(200);

/** What is known of a backup without reading it; the file that makes it count. */
export type Manifest = z.output<typeof body>;
export type BackupPart = z.output<typeof part>;
export type Compression = Manifest["compression"];

/** Longest manifest that is read, in bytes. */
const maxBytes = 1024 * 1024;

function sealValue(manifest: unknown, key: Uint8Array | null): string {
  const text = JSON.stringify(manifest);
  return (key === null ? createHash("sha256") : createHmac("sha256", key)).update(text).digest("hex");
}

/**
 * Writes a manifest as text. The seal shows damage, and whoever has an encrypted backup's key that nobody else made it; the
 * signature shows that to the installation, whatever the backup.
 * @param key the manifest's own, of an encrypted backup
 * @param ring the keys of the installation; null where it has none
 */
export function writeManifest(manifest: Manifest, key: Uint8Array | null, ring: KeyRing | null): string {
  const algorithm = key === null ? "sha256" : "hmac-sha256";
  const signature = ring === null ? {} : { signature: signManifest(ring, JSON.stringify(manifest)) };
  const sealed = { seal: { algorithm, value: sealValue(manifest, key) }, ...signature };
  return `${JSON.stringify({ ...manifest, ...sealed }, null, 2)}\n`;
}

/** A manifest as it was read, and whether its seal holds under a key. */
export interface ReadManifest {
  readonly manifest: Manifest;
  /** Whether nothing was changed; without the key, an encrypted backup's seal cannot be checked and passes. */
  readonly isIntact: (key: Uint8Array | null) => boolean;
  readonly hasSignature: boolean;
  /** Whether one of these keys signed it; without keys, whether anybody did. */
  readonly isSigned: (ring: KeyRing | null) => boolean;
}

function invalid(message: string, cause?: unknown): BackupError {
  return new BackupError("BACKUP_INVALID", { message, cause });
}

/** What to do about a backup that only a newer NERVE understands. */
export const newerBackupHelp =
  "Update NERVE to the version that made it, or choose an older backup: `nerve backup list` shows the schema of each.";

/**
 * Reads what a manifest says.
 * @throws {BackupError} BACKUP_INVALID when it is of a later form: of another number, or whole and with fields that nobody knows here
 */
function parseBody(rest: Record<string, unknown>, isWhole: () => boolean): Manifest {
  const parsed = body.safeParse(rest);
  if (parsed.success) return parsed.data;
  const { format } = rest;
  const isLater = typeof format === "number" && format > newestFormat;
  const hasMore = parsed.error.issues.every(({ code }) => code === "unrecognized_keys") && isWhole();
  if (!isLater && !hasMore) throw parsed.error;
  throw new BackupError("BACKUP_INVALID", {
    message: `The backup was made by a newer NERVE: its manifest ${isLater ? `has the format ${format}, and this one reads up to ${newestFormat}` : "says more than this one knows"}.`,
    help: newerBackupHelp,
    cause: parsed.error,
  });
}

function parse(text: string): ReadManifest {
  const { seal: sealed, signature: signed, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const { algorithm, value } = seal.parse(sealed);
  const manifest = parseBody(rest, () => algorithm === "hmac-sha256" || value === sealValue(rest, null));
  const signature = signatureText.optional().parse(signed);
  if ((manifest.encryption === null) !== (algorithm === "sha256"))
    throw invalid("The manifest's seal is of another kind.");
  const isIntact = (key: Uint8Array | null) =>
    (key === null && algorithm === "hmac-sha256") ||
    timingSafeEqual(Buffer.from(value, "hex"), Buffer.from(sealValue(rest, key), "hex"));
  const isSigned = (ring: KeyRing | null) =>
    signature !== undefined && (ring === null || isSignedBy(ring, JSON.stringify(rest), signature));
  return { manifest, isIntact, isSigned, hasSignature: signature !== undefined };
}

/**
 * Reads the manifest of a backup.
 * @param path any file of the backup
 * @throws {BackupError} BACKUP_INVALID when there is none, or it is damaged
 */
export async function readManifest(path: string): Promise<ReadManifest> {
  const file = manifestPathOf(path);
  let read: ReadManifest;
  try {
    const text = await readFile(file, "utf8");
    if (text.length > maxBytes) throw invalid("The manifest is too long to be one.");
    read = parse(text);
  } catch (cause) {
    if (hasCode(cause, "ENOENT"))
      throw invalid(`There is no manifest ${file}: the backup was not completed, or is none of NERVE's.`, cause);
    if (cause instanceof BackupError) throw cause;
    const told = translateFileError(cause, file);
    if (told !== cause) throw told;
    throw invalid(`The manifest ${file} of the backup is damaged.`, cause);
  }
  if (!read.isIntact(null) || manifestPathOf(join(dirname(file), read.manifest.id)) !== file) {
    throw invalid("The manifest of the backup is damaged.");
  }
  return read;
}
