import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { databaseFileOf } from "../engines/open.ts";
import { DatabaseConnectionError } from "../errors/index.ts";
import { isWithin } from "../files/is-within.ts";

/** Where to look for what a database that was there before has left. */
interface Places {
  /** Its key file, where it is in its usual place: NERVE itself makes none before there is a database. */
  readonly keys: string | undefined;
  /**
   * Files, and folders that count when something is in them, as a backup or an uploaded file is; and only beside the database, since
   * elsewhere they may be another's.
   */
  readonly remains: readonly string[];
}

/** What SQLite keeps beside a database that is in use, or was when its process ended. */
const sideFiles = ["-wal", "-journal", "-shm"] as const;

/**
 * Makes sure that a database file that is not there was never there: a missing one is lost, and a new, empty one in its place
 * would hide that, and be backed up over the good backups in the end.
 *
 * @param options `anew`: an empty database is wanted all the same; only the log of the former one must not lie beside it
 * @throws {DatabaseConnectionError} CONNECTION_FAILED with the path of what shows that there was one
 */
export async function requireNeverThere(url: string, places: Places, { anew }: { anew: boolean }): Promise<void> {
  const file = databaseFileOf(url);
  if (file === undefined || (await isThere(file))) return;
  for (const ending of sideFiles) {
    // SQLite would replay a log that it finds into whatever database lies beside it.
    if (await isThere(`${file}${ending}`)) throw lost(file, `${file}${ending}`, "Move that file away first.");
  }
  if (anew) return;
  const beside = places.remains.filter((path) => isWithin(dirname(file), path));
  for (const path of [places.keys, ...beside]) {
    if (path !== undefined && (await isLeft(path))) throw lost(file, path, "");
  }
}

function lost(file: string, remains: string, more: string): DatabaseConnectionError {
  return new DatabaseConnectionError("CONNECTION_FAILED", {
    message: `There is no database file ${file}, but ${remains} shows that there was one: no new one is made in its place.`,
    help: `Put it back, or restore a backup: \`nerve backup list\`, \`nerve backup restore FILE --confirm\`. For a new, empty database all the same: \`nerve init --new\`. ${more}`.trim(),
  });
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Whether there is a file, or a folder that holds something that is not hidden. */
async function isLeft(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return found !== undefined;
  const names = await readdir(path).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(".") && (await isLeft(join(path, name)))) return true;
  }
  return false;
}
