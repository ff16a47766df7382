import { accessSync, constants, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";

const inMemory = "/dev/shm";

/** Bytes that must be free there, and of the machine's memory: far more than the 150 MB that a run was seen to hold at once. */
const neededBytes = 8 * 2 ** 30;

/**
 * The folder that a run of the suite makes its temporary files in: one in memory where there is room, else the system's. Tests
 * make and delete thousands of files, and a file system on a disk takes longer over each the more of them are lately deleted.
 */
export function findTemporaryFolder(): string {
  if (process.env["TMPDIR"] !== undefined || freemem() < neededBytes) return tmpdir();
  try {
    accessSync(inMemory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize < neededBytes ? tmpdir() : inMemory;
  } catch {
    return tmpdir();
  }
}
