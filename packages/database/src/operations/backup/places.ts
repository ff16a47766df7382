import type { DatabaseFiles } from "../../database/handle.ts";
import { type DiskPlace, requirePlacesApart } from "../../files/places-apart.ts";

/** The files and folders that a backup or a restore has to do with. */
interface Concerned {
  readonly files: DatabaseFiles;
  /** Where a backup is made. */
  readonly folder: string | undefined;
  readonly uploads: string | null | undefined;
  /** A file of the backup that is read. */
  readonly path?: string;
}

/**
 * Refuses what lies in each other, by the names of the options' fields. A backup that is read may lie anywhere, but not in
 * the folder that its restore replaces.
 * @throws {ValidationError} INVALID_INPUT
 */
export function requireOptionsApart({ files, folder, uploads, path }: Concerned): void {
  const replaced = placesOf({ uploads });
  requirePlacesApart([...replaced, ...placesOf({ folder, database: files.database, keyFile: files.keys })]);
  requirePlacesApart([...replaced, ...placesOf({ path })]);
}

function placesOf(named: Readonly<Record<string, string | null | undefined>>): DiskPlace[] {
  return Object.entries(named).flatMap(([name, path]) => (path == null ? [] : [{ name, path }]));
}
