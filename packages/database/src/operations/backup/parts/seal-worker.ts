import { createHash } from "node:crypto";
import { closeSync, createReadStream, createWriteStream, openSync, readSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from "node:zlib";
import { BackupError } from "../../../errors/index.ts";
import { flushFile } from "../../../files/durable.ts";
import { hasCode } from "../../../files/errors.ts";
import { serve } from "../../../threads/serve.ts";
import { DecryptStream, EncryptStream } from "./chunk-cipher.ts";
import { packFolder, unpackFolder } from "./folder-archive.ts";
import type { Compression } from "../manifest/manifest.ts";

/** How a part is stored. */
interface Form {
  readonly compression: Compression;
  /** Key of the part; null: not encrypted. */
  readonly key: Uint8Array | null;
}

interface SealRequest extends Form {
  /** The file, or the folder, to store. */
  readonly source: string;
  readonly target: string;
}

interface UnsealRequest extends Form {
  readonly source: string;
  readonly target: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A file as it lies on the disk. */
export interface FileDigest {
  readonly sizeBytes: number;
  readonly sha256: string;
}

const readBytes = 4 * 1024 * 1024;

/** Lets a stream through, and digests it on its way. */
class DigestTap extends Transform {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  override _transform(data: Buffer, _encoding: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.#hash.update(data);
    this.#bytes += data.length;
    done(null, data);
  }

  digest(): FileDigest {
    return { sizeBytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }
}

function sealing({ compression, key }: Form): Transform[] {
  const compressors = { none: () => [], gzip: () => [createGzip()], zstd: () => [createZstdCompress()] };
  return [...compressors[compression](), ...(key === null ? [] : [new EncryptStream(key)])] as Transform[];
}

function unsealing({ compression, key }: Form): Transform[] {
  const expanders = { none: () => [], gzip: () => [createGunzip()], zstd: () => [createZstdDecompress()] };
  return [...(key === null ? [] : [new DecryptStream(key)]), ...expanders[compression]()] as Transform[];
}

async function store(source: NodeJS.ReadableStream, { target, ...form }: SealRequest): Promise<FileDigest> {
  const tap = new DigestTap();
  await pipeline([source, ...sealing(form), tap, createWriteStream(target, { flags: "wx", mode: 0o600 })]);
  await flushFile(target);
  return tap.digest();
}

function sealFile(request: SealRequest): Promise<FileDigest> {
  return store(createReadStream(request.source, { highWaterMark: readBytes }), request);
}

async function sealFolder(request: SealRequest): Promise<FileDigest & { files: number }> {
  const names = await filesIn(request.source);
  const archive = packFolder(request.source, names);
  const stored = await store(archive.stream, request);
  return { ...stored, files: archive.count() };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  // Not what is behind links, and nothing hidden: unfinished work among it.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith("."));
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).toSorted();
}

/** Reads synchronously: this thread has nothing else to do, and it is a quarter faster. */
function digest({ source }: { source: string }): FileDigest {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(readBytes);
  const file = openSync(source, "r");
  try {
    let sizeBytes = 0;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
      sizeBytes += read;
    }
    return { sizeBytes, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}

async function restore(request: UnsealRequest, target: NodeJS.WritableStream): Promise<void> {
  const tap = new DigestTap();
  try {
    const source = createReadStream(request.source, { highWaterMark: readBytes });
    await pipeline([source, tap, ...unsealing(request), target]);
  } catch (error) {
    if (hasCode(error, "ENOENT"))
      throw new BackupError("BACKUP_INVALID", { message: "A file of the backup is missing." });
    // The system's own errors are about disks; all others are about what was read.
    if (error instanceof Error && "syscall" in error) throw error;
    throw new BackupError("BACKUP_INVALID", { message: "A file of the backup is damaged.", cause: error });
  }
  const found = tap.digest();
  if (found.sizeBytes === request.sizeBytes && found.sha256 === request.sha256) return;
  throw new BackupError("BACKUP_INVALID", {
    message: "A file of the backup is not the one that its manifest describes.",
  });
}

function unsealFile(request: UnsealRequest): Promise<void> {
  return restore(request, createWriteStream(request.target, { flags: "wx", mode: 0o600 }));
}

async function unsealFolder(request: UnsealRequest): Promise<{ files: string[] }> {
  const archive = unpackFolder(request.target);
  await restore(request, archive.stream);
  return { files: archive.names() };
}

serve({ sealFile, sealFolder, digest, unsealFile, unsealFolder });
