import { DatabaseConnectionError, DatabaseError } from "../errors/index.ts";

/** Whether an error is the system's, with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

const full = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Whether the disk, or the room that an account has on it, is used up. */
export function isDiskFull(error: unknown): boolean {
  return full.some((code) => hasCode(error, code));
}

/** Translates what the file system throws into the error family, by its code; other errors stay as they are. */
export function translateFileError(error: unknown): unknown {
  if (error instanceof DatabaseError || !(error instanceof Error) || !("syscall" in error)) return error;
  if (isDiskFull(error)) return new DatabaseConnectionError("STORAGE_FULL", { cause: error });
  return new DatabaseError("FILE_UNUSABLE", { cause: error });
}
