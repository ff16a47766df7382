import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A lock on a file, held by this process until it is released or the process ends in whatever way. */
export interface FileLock {
  release(): void;
}

/**
 * Takes a lock that lives in a file, by SQLite's own means: no process identifiers that may be used again.
 * @param options `mustExist`: a missing file is a lock that cannot be taken. Default false: it is made
 * @returns null when somebody else holds it
 */
export function takeFileLock(file: string, { mustExist = false }: { mustExist?: boolean } = {}): FileLock | null {
  if (mustExist && !existsSync(file)) return null;
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch {
    database.close();
    return null;
  }
  return { release: () => database.close() };
}
