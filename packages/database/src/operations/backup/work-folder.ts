import { mkdir, readdir } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { takeFileLock } from "../../engines/sqlite/connect/file-lock.ts";
import { makePrivateFolder } from "../../files/durable.ts";
import { removeFolder } from "../../files/remove-folder.ts";

const ending = ".partial";
const lockName = "lock";

/** A private folder for unfinished work. Its lock ends with the process, so that what a killed one left is found. */
export interface WorkFolder {
  readonly path: string;
  /** Deletes the folder with all that is in it. */
  remove(): Promise<void>;
}

/**
 * Makes a folder for unfinished work, and deletes those that killed processes left under the same prefix.
 * @param parent the folder to make it in, made where missing
 * @param prefix beginning of its name
 */
export async function openWorkFolder(parent: string, prefix: string): Promise<WorkFolder> {
  await makePrivateFolder(parent);
  await removeAbandoned(parent, prefix);
  const path = join(parent, `${prefix}${randomBytes(6).toString("hex")}${ending}`);
  await mkdir(path, { mode: 0o700 });
  const lock = takeFileLock(join(path, lockName));
  return {
    path,
    async remove() {
      lock?.release();
      await removeFolder(path);
    },
  };
}

/** Deletes the work folders under a prefix whose process has died. */
export async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix) || !name.endsWith(ending)) continue;
    const lock = takeFileLock(join(parent, name, lockName), { mustExist: true });
    if (lock === null) continue;
    lock.release();
    await removeFolder(join(parent, name));
  }
}
