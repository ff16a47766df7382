import { DatabaseSync, type DatabaseSyncOptions } from "node:sqlite";
import { pathToFileURL } from "node:url";

/**
 * Opens a database that must be there: a file that was taken away meanwhile is an error. SQLite would make a new one,
 * which is empty and takes what is written from then on.
 * @param location what SQLite opens: a path, or the URI of a database in memory
 */
export function openExisting(location: string, options: DatabaseSyncOptions): DatabaseSync {
  const uri = location.startsWith("file:")
    ? location
    : `${pathToFileURL(location).href}?mode=${options.readOnly === true ? "ro" : "rw"}`;
  return new DatabaseSync(uri, options);
}
