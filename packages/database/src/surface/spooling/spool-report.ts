import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../database/clock.ts";
import { makePrivateFolder } from "../../files/durable.ts";
import { hasCode, translateFileError } from "../../files/errors.ts";
import { adoptOpen } from "../../files/owner.ts";
import { ReportError } from "../importing/report/report-errors.ts";
import { type ReportFile, reportFile } from "../reading/report-file.ts";

/** While it arrives, and once it is whole: `<sha256>.<random>.report`. */
export const arrivingEnding = ".arriving";
export const reportEnding = ".report";

/** How often a process says of a report that it is still at it, in milliseconds. */
const touchMs = 20_000;

/** A report that a process has put aside while it takes it in. */
export interface SpooledReport extends ReportFile {
  readonly sha256: string;
  /** Deletes it. Idempotent. */
  readonly remove: () => Promise<void>;
  /** Leaves it to whoever goes on with its import. */
  readonly leave: () => void;
}

interface SpoolOptions {
  readonly folder: string;
  /** Most bytes that are taken. */
  readonly maxBytes: number;
  /** What the report is called where it comes from; tells formats that look alike apart. */
  readonly name?: string | undefined;
}

/**
 * Puts a report that arrives piece by piece into a file that this account alone may read, and hashes it meanwhile. Nothing of it is held in
 * memory, and nothing stays when it does not arrive whole.
 *
 * @param pieces the bytes as they come
 * @param options `folder`, made where it is not there; `maxBytes`; `name`
 * @returns the file, for `importReport`; whoever spools it removes it
 * @throws {ReportError} REPORT_TOO_LARGE as soon as there are more bytes than `maxBytes`
 * @throws {DatabaseConnectionError} STORAGE_FULL when the disk is full
 * @throws {DatabaseError} FILE_UNUSABLE when the folder cannot be used
 * @example
 * const report = await spoolReport([new TextEncoder().encode("{}")], { folder: "data/imports", maxBytes: 1000 });
 * await report.remove();
 */
export async function spoolReport(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { folder, maxBytes, name }: SpoolOptions,
): Promise<SpooledReport> {
  const draft = join(folder, `${randomUUID()}${arrivingEnding}`);
  try {
    await makePrivateFolder(folder);
    const sha256 = await writeDraft(draft, pieces, maxBytes);
    const path = join(folder, `${sha256}.${randomUUID()}${reportEnding}`);
    await rename(draft, path);
    return keep(await reportFile(path, name === undefined ? {} : { name }), sha256);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw translateFileError(error, folder);
  }
}

async function writeDraft(
  draft: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const file = await open(draft, "wx", 0o600);
  try {
    await adoptOpen(file, draft);
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(piece);
      await writeWhole(file, piece);
    }
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
}

/** The refusal of a report that has more bytes than are taken. */
export function tooLarge(maxBytes: number): ReportError {
  return new ReportError("REPORT_TOO_LARGE", { message: `The report is larger than ${maxBytes} bytes.` });
}

/** Says from time to time that somebody is at it: what nobody touches is left over. */
function keep(report: ReportFile, sha256: string): SpooledReport {
  const touch = () => {
    const now = systemClock.now(); // As the file system has it.
    void utimes(report.path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, touchMs);
  timer.unref();
  const leave = () => clearInterval(timer);
  return {
    ...report,
    sha256,
    leave,
    async remove() {
      leave();
      await rm(report.path, { force: true });
    },
  };
}

/** Finds a report that was put aside, by its hash; null where it is no longer there. */
export async function findSpooled(folder: string, sha256: string): Promise<ReportFile | null> {
  const name = (await namesIn(folder)).find((one) => one.startsWith(`${sha256}.`) && one.endsWith(reportEnding));
  return name === undefined ? null : reportFile(join(folder, name));
}

/** The files of a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw translateFileError(error, folder);
  }
}
