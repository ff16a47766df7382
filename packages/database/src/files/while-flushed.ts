import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "./errors.ts";

/** Pause between two flushes, in milliseconds: what gathers meanwhile is written in a few. */
const pauseMs = 10;

/**
 * Runs work that writes a large file, and brings the file to the disk little by little meanwhile. Otherwise it gathers in
 * the system's cache, and the next small commit of anybody waits until all of it is written: on ext4, 0.4 s for a gigabyte.
 *
 * @param path the file, which may not be there yet
 * @throws what the work throws, or what the disk said of the file
 */
export async function whileFlushed<T>(path: string, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const flushing = flushUntil(path, ended.signal);
  try {
    return await work();
  } finally {
    ended.abort();
    // The system reports a write that failed once, and this may have been the one.
    await flushing;
  }
}

async function flushUntil(path: string, ended: AbortSignal): Promise<void> {
  let file: FileHandle | undefined;
  try {
    while (!ended.aborted) {
      file ??= await openExisting(path);
      await file?.datasync();
      await sleep(pauseMs, undefined, { signal: ended }).catch(() => undefined);
    }
  } finally {
    await file?.close();
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  return open(path, "r+").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
}
