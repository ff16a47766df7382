import { accessSync, closeSync, constants, existsSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { describeFileError, type Told } from "../../../files/describe-file-error.ts";

/**
 * Finds out what keeps SQLite from a file, of which it says no more than that it cannot. The file itself is not opened: closing
 * it would end every lock that this process has on it.
 *
 * @param said what SQLite says
 */
export function describeFileFault(file: string, said: string): Told {
  try {
    tryFile(file);
  } catch (error) {
    return describeFileError(error as NodeJS.ErrnoException, file);
  }
  return {
    message: `SQLite cannot use ${file}: ${said}.`,
    help: "Look at the file and its folder, at the files beside it that end with -wal and -shm, and at the system's log.",
  };
}

function tryFile(file: string): void {
  if (statSync(file).isDirectory()) {
    throw Object.assign(new Error("EISDIR"), { code: "EISDIR", syscall: "open", path: file });
  }
  const folder = dirname(file);
  const use = constants.R_OK | constants.W_OK;
  for (const path of [file, folder, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) accessSync(path, use);
  // Opening anything tells whether this process may open one file more.
  closeSync(openSync(folder, "r"));
}
