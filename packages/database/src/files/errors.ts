import { DatabaseConnectionError, DatabaseError } from "../errors/index.ts";
import { describeFileError, describeFullDisk } from "./describe-file-error.ts";

/** Whether an error is the system's, with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

const full = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Whether the disk, or the room that an account has on it, is used up. */
export function isDiskFull(error: unknown): boolean {
  return full.some((code) => hasCode(error, code));
}

/**
 * Translates what the file system throws into the error family, by its code; other errors stay as they are. The message names
 * the path and the cause.
 *
 * @param error whatever was thrown
 * @param place what the work was about, for errors that name no path: those of files that are open
 * @returns the error of the family, to be thrown: FILE_UNUSABLE or STORAGE_FULL; what is no error of a file, as it was
 * @example
 * const told = translateFileError(Object.assign(new Error(), { code: "ENOENT", syscall: "open", path: "/none" }));
 * console.log(told instanceof DatabaseError && told.code); // FILE_UNUSABLE
 */
export function translateFileError(error: unknown, place?: string): unknown {
  if (error instanceof DatabaseError || !(error instanceof Error) || !("syscall" in error)) return error;
  if (isDiskFull(error)) {
    return new DatabaseConnectionError("STORAGE_FULL", { ...describeFullDisk(error, place), cause: error });
  }
  return new DatabaseError("FILE_UNUSABLE", { ...describeFileError(error, place), cause: error });
}
