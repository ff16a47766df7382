import { filesOf, findNestedPlaces, type InputIssue } from "@nerve/database";
import { databaseOptions } from "./database-options.ts";
import { settingDefinitions, type Settings } from "./definitions.ts";

/**
 * Finds folders and files that lie in each other: a backup of the uploads would hold all backups before it, and a restore
 * would delete them.
 */
export function findPlacesAtOdds(settings: Settings): InputIssue[] {
  const { uploadsFolder, backupFolder, auditArchiveFolder, databaseUrl, keyFile } = settingDefinitions;
  // A URL that is none is for whoever opens it to refuse.
  const isFile = settings.databaseUrl.startsWith("sqlite:");
  const files = filesOf(isFile ? settings.databaseUrl : "sqlite::memory:", databaseOptions(settings));
  const named: [string, string | undefined][] = [
    [uploadsFolder.name, settings.uploadsFolder],
    [backupFolder.name, settings.backupFolder],
    [auditArchiveFolder.name, settings.auditArchiveFolder],
    [databaseUrl.name, files.database],
    [keyFile.name, files.keys],
  ];
  return findNestedPlaces(named.flatMap(([name, path]) => (path === undefined ? [] : [{ name, path }])));
}
