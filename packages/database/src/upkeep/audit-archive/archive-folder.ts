import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Handle } from "../../database/handle.ts";
import { makePrivateFolder, replaceDurably } from "../../files/durable.ts";
import { translateFileError } from "../../files/errors.ts";
import type { AuditArchive } from "../rotate-audit-logs.ts";
import {
  type ArchiveManifest,
  archivePurpose,
  describeRows,
  parseSignedManifest,
  type SignedManifest,
  signedText,
} from "./manifest.ts";

const compress = promisify(gzip);
const expand = promisify(gunzip);

const namePattern = /^audit_\d{8}T\d{9}Z_\d{12,}\.jsonl\.gz$/;

/** Longest archive that is read, in bytes before compression: 2000 rows of at most 64 KiB and their frame. */
const maxBytes = 256 * 1024 * 1024;

/** Names sort by the time of their newest row; an archive made twice, after a failure, has one name. */
function nameOf({ to, lastId }: Pick<ArchiveManifest, "to" | "lastId">): string {
  return `audit_${to.replaceAll(/[-:.]/g, "")}_${String(lastId).padStart(12, "0")}.jsonl.gz`;
}

/** An archive as it was read. */
export interface ArchiveText {
  readonly head: SignedManifest | null;
  /** The lines of the rows. */
  readonly lines: string;
}

/** Reads an archive. @throws {DatabaseError} FILE_UNUSABLE when the file cannot be read */
export async function readArchive(path: string): Promise<ArchiveText> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw translateFileError(error);
  });
  const text = await expand(bytes, { maxOutputLength: maxBytes }).then(String, () => "");
  const end = text.indexOf("\n");
  return { head: parseSignedManifest(text.slice(0, Math.max(0, end))), lines: text.slice(end + 1) };
}

async function findPrevious(folder: string, name: string): Promise<{ file: string; sha256: string } | null> {
  const names = (await readdir(folder)).filter((other) => namePattern.test(other) && other < name);
  const file = names.toSorted().at(-1);
  if (file === undefined) return null;
  const { head } = await readArchive(join(folder, file));
  return head === null ? null : { file, sha256: head.manifest.sha256 };
}

/**
 * Makes the archive that `rotateAuditLogs` hands its rows to: a compressed file of JSON lines for each chunk, readable by its owner
 * only, that is on the disk itself before the rows leave the log. Its first line says what is in it, and is signed.
 *
 * @param db the database whose keys sign
 * @param folder where the archives go; made where missing
 * @returns the archive, and the names of the files that it has made
 * @throws {DatabaseConnectionError} STORAGE_FULL, when it is called and the disk is full
 * @throws {DatabaseError} FILE_UNUSABLE, when it is called and the folder cannot be written
 * @example
 * const archive = archiveInFolder(db, "data/audit-archive");
 * const { rotated } = await rotateAuditLogs(db, { keepDays: 365, archive });
 */
export function archiveInFolder(db: Handle, folder: string): AuditArchive {
  return async (rows) => {
    const keys = await db.secrets();
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    try {
      await makePrivateFolder(folder);
      const description = describeRows(rows, lines);
      const name = nameOf(description);
      const manifest = { ...description, previous: await findPrevious(folder, name) };
      const head: SignedManifest = { manifest, signature: keys.sign(signedText(manifest), archivePurpose) };
      const path = join(folder, name);
      const draft = join(folder, `.${name}.partial`);
      // What a process left that was killed while it wrote; the rows are still in the log.
      await rm(draft, { force: true });
      await replaceDurably(path, draft, await compress(`${JSON.stringify(head)}\n${lines}`));
      return { file: name, sha256: manifest.sha256 };
    } catch (error) {
      throw translateFileError(error);
    }
  };
}
