import { randomBytes } from "node:crypto";
import { open, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DatabaseConnectionError } from "../../../errors/index.ts";
import { formatBytes } from "../../../files/format-bytes.ts";
import type { StorageState } from "../../port/upkeep.ts";

/** Enough to need room of its own on any disk. */
const probeBytes = 65_536;

/** Bytes that this account may still write in a folder. */
async function freeBytesIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Writes a small file beside the database and deletes it: quotas and read-only disks show in no figure. */
export async function probeFolderOf(file: string): Promise<StorageState> {
  const folder = dirname(file);
  const probe = join(folder, `.${basename(file)}.probe-${randomBytes(6).toString("hex")}`);
  const freeBytes = await freeBytesIn(folder).catch(() => null);
  try {
    const handle = await open(probe, "wx", 0o600);
    try {
      await handle.writeFile(randomBytes(probeBytes));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { writable: true, freeBytes };
  } catch {
    return { writable: false, freeBytes };
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/**
 * Refuses a vacuum that the disks have no room for: SQLite builds the new database in its temporary folder, and writes it
 * to the log beside the old one.
 * @param contentBytes size of the new database
 * @throws {DatabaseConnectionError} STORAGE_FULL
 * @see https://www.sqlite.org/lang_vacuum.html
 */
export async function requireVacuumSpace(file: string, contentBytes: number): Promise<void> {
  const folder = dirname(file);
  const temporary = tmpdir();
  const [{ dev }, { dev: temporaryDev }] = await Promise.all([stat(folder), stat(temporary)]);
  const needed = dev === temporaryDev ? 2 * contentBytes : contentBytes;
  await requireSpace(folder, needed);
  if (dev !== temporaryDev) await requireSpace(temporary, contentBytes);
}

async function requireSpace(folder: string, needed: number): Promise<void> {
  const free = await freeBytesIn(folder);
  if (free >= needed) return;
  throw new DatabaseConnectionError("STORAGE_FULL", {
    message: `The vacuum needs ${formatBytes(needed)} of free disk in ${folder}, and there are ${formatBytes(free)}. Nothing was changed.`,
    help: "Free that much there; where it is the temporary folder, name a larger one with TMPDIR.",
  });
}
