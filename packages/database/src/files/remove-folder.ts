import { lstat, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How much of a large file is given back at a time, in bytes. */
const stepBytes = 16 * 1024 * 1024;
/** Pause between two steps, in milliseconds: what others commit goes through meanwhile. */
const pauseMs = 2;

/**
 * Deletes a folder with all that is in it; large files little by little, since giving a gigabyte back at once holds up
 * everybody's commits. Nobody else may be reading them.
 */
export async function removeFolder(folder: string): Promise<void> {
  // What cannot be shrunk is deleted at once, or is gone already; `rm` says what is really wrong.
  await shrinkFiles(folder).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}

async function shrinkFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { size, nlink } = await lstat(path);
    // What has a second name is somebody's still.
    if (entry.isFile() && nlink === 1 && size > stepBytes) await shrink(path, size);
  }
}

async function shrink(path: string, size: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    for (let left = size - stepBytes; left > 0; left -= stepBytes) {
      await file.truncate(left);
      await sleep(pauseMs);
    }
  } finally {
    await file.close();
  }
}
