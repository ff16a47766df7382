import { statSync } from "node:fs";

/** How often the write-ahead log is looked at, in milliseconds. */
export const intervalMs = 250;
/** Size from which it is moved into the database while others write, in bytes. */
export const passiveBytes = 4 * 1024 * 1024;

/** Bytes of the write-ahead log of a database file. */
export function logBytesOf(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
